#include "daemon/store/store.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::store {
namespace {

using Phase = JournalLine::Phase;
using RequestState = RememberedRequest::State;

events::Event Event(std::int64_t sequence, events::Event::Type type) {
  events::Event event;
  event.set_sequence(sequence);
  event.set_type(type);
  return event;
}

class StoreTest : public testing::Test {
 protected:
  StoreTest()
      : directory_(testing::TempDir() + "/store-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    store_ = Open("one");
  }

  std::unique_ptr<Store> Open(const std::string& owner) {
    return Store::Open({.url = "sqlite:" + directory_ + "/jpkid.db",
                        .key_file = directory_ + "/holder.key",
                        .owner = owner},
                       clock_)
        .value();
  }

  OperationRecord Record(const std::string& id) {
    OperationRecord record;
    record.set_id(id);
    record.set_creator("uid:1000");
    record.set_request_id("request-" + id);
    record.set_state(OperationRecord::QUEUED);
    record.set_create_time_us(absl::ToUnixMicros(clock_.Now()));
    return record;
  }

  ManualClock clock_{absl::FromUnixSeconds(1'750'000'000)};
  const std::string directory_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, WhatWasWrittenIsThereForTheNextDaemon) {
  OperationRecord record = Record("a");
  const Claimed created = store_->Create(record, {Event(1, events::Event::QUEUED)}).value();
  EXPECT_FALSE(created.existed);
  record.set_state(OperationRecord::RUNNING);
  record.add_work()->set_request("\x01\xFF\x00 binary");
  ASSERT_EQ(store_->Write(record, created.epoch,
                          JournalLine{.step = "make-key auth", .phase = Phase::kIntent},
                          {Event(2, events::Event::KEY_MADE)}),
            absl::OkStatus());

  store_ = Open("one");
  const OperationRecord found = store_->Get("a").value();
  EXPECT_EQ(found.SerializeAsString(), record.SerializeAsString());
  const auto events = store_->Events("a", 0, 10).value();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].type(), events::Event::KEY_MADE);
  EXPECT_EQ(store_->Events("a", 1, 10)->size(), 1u);
  const auto journal = store_->Journal("a").value();
  ASSERT_EQ(journal.size(), 1u);
  EXPECT_EQ(journal[0].step, "make-key auth");
  EXPECT_EQ(journal[0].phase, Phase::kIntent);
}

TEST_F(StoreTest, TheSameRequestIsTheSameOperation) {
  ASSERT_TRUE(store_->Create(Record("a"), {}).ok());
  OperationRecord again = Record("b");
  again.set_request_id("request-a");
  const Claimed second = store_->Create(again, {Event(1, events::Event::QUEUED)}).value();
  EXPECT_TRUE(second.existed);
  EXPECT_EQ(second.record.id(), "a");
  EXPECT_TRUE(FailedFor(store_->Get("b").status(), Reason::kOperationUnknown));
  again.set_creator("uid:1001");
  EXPECT_FALSE(store_->Create(again, {})->existed);
}

TEST_F(StoreTest, AFailedWriteLeavesNoPart) {
  const OperationRecord record = Record("a");
  const Claimed created = store_->Create(record, {Event(1, events::Event::QUEUED)}).value();
  // Sequence 1 exists already: the whole transaction goes.
  EXPECT_FALSE(store_
                   ->Write(record, created.epoch, JournalLine{.step = "identify"},
                           {Event(1, events::Event::WAITING)})
                   .ok());
  EXPECT_TRUE(store_->Journal("a")->empty());
  EXPECT_EQ(store_->Events("a", 0, 10)->front().type(), events::Event::QUEUED);
}

TEST_F(StoreTest, AnotherDaemonTakesOverOnlyWhenTheOwnerIsSilent) {
  const OperationRecord record = Record("a");
  const Claimed mine = store_->Create(record, {}).value();
  ASSERT_EQ(store_->Heartbeat(), absl::OkStatus());
  const auto other = Open("two");
  clock_.Advance(absl::Seconds(59));
  EXPECT_TRUE(other->ClaimUnfinished()->empty());
  clock_.Advance(absl::Seconds(2));
  const auto taken = other->ClaimUnfinished().value();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].epoch, mine.epoch + 1);
  EXPECT_TRUE(
      FailedFor(store_->Write(record, mine.epoch, std::nullopt, {}), Reason::kOwnershipLost));
  EXPECT_EQ(other->Write(record, taken[0].epoch, std::nullopt, {}), absl::OkStatus());
}

TEST_F(StoreTest, ARestartedDaemonClaimsItsOwnAtOnceAndOnlyWhatHasNotEnded) {
  const Claimed first = store_->Create(Record("a"), {}).value();
  OperationRecord ended = Record("b");
  const Claimed second = store_->Create(ended, {}).value();
  ended.set_state(OperationRecord::SUCCEEDED);
  ASSERT_EQ(store_->Write(ended, second.epoch, std::nullopt, {}), absl::OkStatus());
  const auto claimed = Open("one")->ClaimUnfinished().value();
  ASSERT_EQ(claimed.size(), 1u);
  EXPECT_EQ(claimed[0].record.id(), "a");
  EXPECT_EQ(claimed[0].epoch, first.epoch + 1);
}

TEST_F(StoreTest, PagesAreNewestFirstWithoutGapsOrRepeats) {
  for (int i = 0; i < 25; ++i) {
    if (i % 3 == 0) clock_.Advance(absl::Seconds(1));  // Several at the same time.
    ASSERT_TRUE(store_->Create(Record("op" + std::to_string(100 + i)), {}).ok());
  }
  std::vector<std::string> ids;
  std::string token;
  do {
    const Page page = store_->List(10, token, false).value();
    EXPECT_LE(page.operations.size(), 10u);
    for (const OperationRecord& record : page.operations) ids.push_back(record.id());
    token = page.next_token;
  } while (!token.empty());
  EXPECT_EQ(ids.size(), 25u);
  EXPECT_TRUE(std::is_sorted(ids.rbegin(), ids.rend()));
  EXPECT_TRUE(FailedFor(store_->List(10, "nonsense", false).status(), Reason::kArgumentInvalid));
}

TEST_F(StoreTest, PersonalDataIsSealedAndErasable) {
  ASSERT_TRUE(store_->Create(Record("a"), {}).ok());
  ASSERT_EQ(store_->PutPersonal("a", "holder", AsBytes("三田 太郎")), absl::OkStatus());
  EXPECT_EQ(AsText(**store_->GetPersonal("a", "holder")), "三田 太郎");
  EXPECT_FALSE(store_->GetPersonal("a", "other")->has_value());
  ASSERT_EQ(store_->ErasePersonal("a"), absl::OkStatus());
  EXPECT_FALSE(store_->GetPersonal("a", "holder")->has_value());
}

TEST_F(StoreTest, ARequestIsBegunOnceAndItsAnswerKept) {
  const RequestKey key = {.caller = "uid:1", .method = "ChangePin", .request_id = "r1"};
  EXPECT_EQ(store_->BeginRequest(key, AsBytes("x"))->state, RequestState::kNew);
  EXPECT_EQ(store_->BeginRequest(key, AsBytes("x"))->state, RequestState::kUnfinished);
  ASSERT_EQ(store_->FinishRequest(key, AsBytes("answer")), absl::OkStatus());
  store_ = Open("one");
  const RememberedRequest remembered = store_->BeginRequest(key, AsBytes("x")).value();
  EXPECT_EQ(remembered.state, RequestState::kAnswered);
  EXPECT_EQ(AsText(remembered.answer), "answer");
  EXPECT_TRUE(
      FailedFor(store_->BeginRequest(key, AsBytes("y")).status(), Reason::kRequestIdReused));
  ASSERT_EQ(store_->ForgetRequest(key), absl::OkStatus());
  EXPECT_EQ(store_->BeginRequest(key, AsBytes("y"))->state, RequestState::kNew);
}

TEST_F(StoreTest, AnswersHealth) { EXPECT_EQ(store_->Check(), absl::OkStatus()); }

}  // namespace
}  // namespace jpkid::store
