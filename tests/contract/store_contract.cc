#include "tests/contract/store_contract.h"

#include <unistd.h>

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

}  // namespace

StoreContract::StoreContract()
    : directory_(
          testing::TempDir() + "/store-" + std::to_string(getpid()) + "-" +
          std::to_string(std::hash<std::string>()(
              testing::UnitTest::GetInstance()->current_test_info()->name() + GetParam().name))),
      url_((std::filesystem::remove_all(directory_),
            std::filesystem::create_directories(directory_), GetParam().make(directory_))) {
  store_ = Open("one");
}

StoreContract::~StoreContract() {
  store_ = nullptr;
  std::filesystem::remove_all(directory_);
}

std::unique_ptr<Store> StoreContract::Open(const std::string& owner) {
  return Store::Open({.url = url_,
                      .key_file = directory_ + "/holder.key",
                      .owner = owner,
                      .owner_expires = absl::Seconds(30)},
                     clock_)
      .value();
}

OperationRecord StoreContract::Record(const std::string& id) const {
  OperationRecord record;
  record.set_id(id);
  record.set_creator("uid:1000");
  record.set_request_id("request-" + id);
  record.set_state(OperationRecord::QUEUED);
  record.set_create_time_us(absl::ToUnixMicros(clock_.Now()));
  return record;
}

absl::Status StoreContract::Write(Store& store, const OperationRecord& record, std::int64_t epoch) {
  return store.Write(record, epoch, std::nullopt, {});
}

TEST_P(StoreContract, WhatWasWrittenIsThereForTheNextDaemon) {
  OperationRecord record = Record("a");
  const Claimed created =
      store_->Create(record, {Event(1, events::Event::QUEUED)}, std::nullopt).value();
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

TEST_P(StoreContract, TheSameRequestIsTheSameOperation) {
  ASSERT_TRUE(store_->Create(Record("a"), {}, std::nullopt).ok());
  OperationRecord again = Record("b");
  again.set_request_id("request-a");
  const Claimed second =
      store_->Create(again, {Event(1, events::Event::QUEUED)}, std::nullopt).value();
  EXPECT_TRUE(second.existed);
  EXPECT_EQ(second.record.id(), "a");
  EXPECT_TRUE(FailedFor(store_->Get("b").status(), Reason::kOperationUnknown));
  again.set_creator("uid:1001");
  EXPECT_FALSE(store_->Create(again, {}, std::nullopt)->existed);
}

TEST_P(StoreContract, AnOperationIsFoundByWhoBeganItAndHow) {
  ASSERT_TRUE(store_->Create(Record("a"), {}, std::nullopt).ok());
  EXPECT_EQ((*Open("two")->FindOperation("uid:1000", "request-a"))->id(), "a");
  EXPECT_FALSE(store_->FindOperation("uid:1001", "request-a")->has_value());
  EXPECT_FALSE(store_->FindOperation("uid:1000", "request-b")->has_value());
}

TEST_P(StoreContract, AFailedWriteLeavesNoPart) {
  const OperationRecord record = Record("a");
  const Claimed created =
      store_->Create(record, {Event(1, events::Event::QUEUED)}, std::nullopt).value();
  // Sequence 1 exists already: the whole transaction goes.
  EXPECT_FALSE(store_
                   ->Write(record, created.epoch, JournalLine{.step = "identify"},
                           {Event(1, events::Event::WAITING)})
                   .ok());
  EXPECT_TRUE(store_->Journal("a")->empty());
  EXPECT_EQ(store_->Events("a", 0, 10)->front().type(), events::Event::QUEUED);
}

TEST_P(StoreContract, AnotherDaemonTakesOverWhenTheOwnerIsSilentAndTheCardIsThere) {
  OperationRecord record = Record("a");
  record.set_card_serial("CARD-1");
  const Claimed mine = store_->Create(record, {}, std::nullopt).value();
  ASSERT_TRUE(store_->Create(Record("no-card-yet"), {}, std::nullopt).ok());
  ASSERT_EQ(store_->Heartbeat(), absl::OkStatus());
  const auto other = Open("two");
  clock_.Advance(absl::Seconds(29));
  EXPECT_TRUE(other->ExpiredOperations()->empty());
  EXPECT_TRUE(other->ClaimExpired("CARD-1")->empty());
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(other->ExpiredOperations()->size(), 2u);
  // What another daemon has expired with is no business of its restart, nor is another card.
  EXPECT_TRUE(other->ClaimUnfinished()->empty());
  EXPECT_TRUE(other->ClaimExpired("CARD-2")->empty());
  // A daemon's own are never expired to itself.
  EXPECT_TRUE(store_->ExpiredOperations()->empty());

  const auto taken = other->ClaimExpired("CARD-1").value();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].record.id(), "a");
  EXPECT_EQ(taken[0].epoch, mine.epoch + 1);
  EXPECT_TRUE(FailedFor(Write(*store_, record, mine.epoch), Reason::kOwnershipLost));
  EXPECT_EQ(Write(*other, record, taken[0].epoch), absl::OkStatus());
  ASSERT_EQ(other->Heartbeat(), absl::OkStatus());
  EXPECT_TRUE(Open("three")->ClaimExpired("CARD-1")->empty());
  EXPECT_EQ(other->ClaimExpired("")->front().record.id(), "no-card-yet");
}

TEST_P(StoreContract, ADaemonThatIsHeardOfAgainKeepsWhatNobodyTook) {
  OperationRecord record = Record("a");
  record.set_card_serial("CARD-1");
  const Claimed mine = store_->Create(record, {}, std::nullopt).value();
  clock_.Advance(absl::Hours(1));
  ASSERT_EQ(store_->Heartbeat(), absl::OkStatus());
  EXPECT_TRUE(Open("two")->ClaimExpired("CARD-1")->empty());
  EXPECT_EQ(Write(*store_, record, mine.epoch), absl::OkStatus());
}

TEST_P(StoreContract, ARestartedDaemonClaimsItsOwnAtOnceAndOnlyWhatHasNotEnded) {
  const Claimed first = store_->Create(Record("a"), {}, std::nullopt).value();
  OperationRecord ended = Record("b");
  const Claimed second = store_->Create(ended, {}, std::nullopt).value();
  ended.set_state(OperationRecord::SUCCEEDED);
  ASSERT_EQ(Write(*store_, ended, second.epoch), absl::OkStatus());
  const auto claimed = Open("one")->ClaimUnfinished().value();
  ASSERT_EQ(claimed.size(), 1u);
  EXPECT_EQ(claimed[0].record.id(), "a");
  EXPECT_EQ(claimed[0].epoch, first.epoch + 1);
}

TEST_P(StoreContract, PagesAreNewestFirstWithoutGapsOrRepeats) {
  for (int i = 0; i < 25; ++i) {
    if (i % 3 == 0) clock_.Advance(absl::Seconds(1));  // Several at the same time.
    ASSERT_TRUE(store_->Create(Record("op" + std::to_string(100 + i)), {}, std::nullopt).ok());
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

TEST_P(StoreContract, PersonalDataAreSealedAndErasedWithTheEnd) {
  const Claimed claimed = store_->Create(Record("a"), {}, ToBytes(AsBytes("三田 太郎"))).value();
  ASSERT_EQ(store_->PutPersonal("a", claimed.epoch, "certificate", AsBytes("DER")),
            absl::OkStatus());
  const absl::Status late = store_->PutPersonal("a", claimed.epoch - 1, "other", AsBytes("DER"));
  EXPECT_TRUE(FailedFor(late, Reason::kOwnershipLost));
  EXPECT_EQ(AsText(**store_->GetPersonal("a", "holder")), "三田 太郎");
  EXPECT_EQ(AsText(**store_->GetPersonal("a", "certificate")), "DER");
  EXPECT_FALSE(store_->GetPersonal("a", "other")->has_value());
  OperationRecord record = claimed.record;
  ASSERT_EQ(store_->Write(record, claimed.epoch, std::nullopt, {}), absl::OkStatus());
  EXPECT_TRUE(store_->GetPersonal("a", "holder")->has_value());
  record.set_state(OperationRecord::FAILED);
  ASSERT_EQ(store_->Write(record, claimed.epoch, std::nullopt, {}), absl::OkStatus());
  EXPECT_FALSE(store_->GetPersonal("a", "holder")->has_value());
  EXPECT_FALSE(store_->GetPersonal("a", "certificate")->has_value());
  const absl::Status ended = store_->PutPersonal("a", claimed.epoch, "other", AsBytes("DER"));
  EXPECT_TRUE(FailedFor(ended, Reason::kOwnershipLost)) << "nobody would erase it any more";
}

TEST_P(StoreContract, ARequestIsBegunOnceAndItsAnswerKept) {
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

TEST_P(StoreContract, ADaemonWithAnotherKeyIsTurnedAway) {
  EXPECT_EQ(
      Store::Open({.url = url_, .key_file = directory_ + "/other.key", .owner = "two"}, clock_)
          .status(),
      Fail(Reason::kArgumentInvalid,
           {{"field", "holder_key_file"}, {"detail", "is not the key of this store"}}));
}

TEST_P(StoreContract, AnswersHealth) { EXPECT_EQ(store_->Check(), absl::OkStatus()); }

}  // namespace jpkid::store
