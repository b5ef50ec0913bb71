#include "daemon/runner/takeover.h"

#include <unistd.h>

#include <filesystem>
#include <memory>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/status.h"
#include "tests/fakes/fake_readers.h"

namespace jpkid::runner {
namespace {

// A daemon that looks, and another one's store. No reader has a card.
class TakeoverTest : public testing::Test {
 protected:
  TakeoverTest()
      : directory_(testing::TempDir() + "/takeover-" + std::to_string(getpid()) + "-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    ours_ = Open("ours");
    theirs_ = Open("theirs");
    sessions_ = session::Sessions::Create(std::make_shared<fakes::FakeReaders>(), {});
  }
  ~TakeoverTest() override {
    sessions_->Stop();
    std::filesystem::remove_all(directory_);
  }

  std::unique_ptr<store::Store> Open(const std::string& owner) {
    return store::Store::Open({.url = "sqlite:" + directory_ + "/jpkid.db",
                               .key_file = directory_ + "/holder.key",
                               .owner = owner},
                              clock_)
        .value();
  }

  // They begin an operation and fall silent.
  void Leave(const std::string& id, const std::string& card_serial) {
    store::OperationRecord record;
    record.set_id(id);
    record.set_creator("uid:1000");
    record.set_request_id(id);
    record.set_state(store::OperationRecord::WAITING);
    record.set_card_serial(card_serial);
    ASSERT_EQ(theirs_->Heartbeat(), absl::OkStatus());
    ASSERT_TRUE(theirs_->Create(record, {}, std::nullopt).ok());
    clock_.Advance(absl::Seconds(61));
  }

  // The ids of what one look takes.
  std::vector<std::string> Look(Takeover& takeover) {
    std::vector<store::Claimed> taken;
    EXPECT_EQ(takeover.Look(taken), absl::OkStatus());
    std::vector<std::string> ids;
    for (const store::Claimed& one : taken) ids.push_back(one.record.id());
    return ids;
  }

  using Ids = std::vector<std::string>;

  const std::string directory_;
  ManualClock clock_{absl::FromUnixSeconds(1'750'000'000)};
  std::unique_ptr<store::Store> ours_;
  std::unique_ptr<store::Store> theirs_;
  std::unique_ptr<session::Sessions> sessions_;
};

TEST_F(TakeoverTest, WhatSawNoCardIsTakenAtTheThirdLook) {
  Leave("no-card", "");
  Takeover takeover(*ours_, *sessions_, absl::Seconds(1));
  EXPECT_EQ(Look(takeover), Ids());
  EXPECT_EQ(Look(takeover), Ids());
  EXPECT_EQ(Look(takeover), Ids({"no-card"}));
  EXPECT_EQ(Look(takeover), Ids());
}

TEST_F(TakeoverTest, ADaemonThatSignsAgainAfterAnOutageKeepsIt) {
  Leave("no-card", "");
  Takeover takeover(*ours_, *sessions_, absl::Seconds(1));
  EXPECT_EQ(Look(takeover), Ids());
  EXPECT_EQ(Look(takeover), Ids());
  ASSERT_EQ(theirs_->Heartbeat(), absl::OkStatus());
  EXPECT_EQ(Look(takeover), Ids());
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(Look(takeover), Ids());
  EXPECT_EQ(Look(takeover), Ids());
}

TEST_F(TakeoverTest, WhatSawACardWaitsForThatCard) {
  Leave("card", "CARD-1");
  Takeover takeover(*ours_, *sessions_, absl::Seconds(1));
  for (int look = 0; look < 5; ++look) EXPECT_EQ(Look(takeover), Ids());
  EXPECT_EQ(ours_->ExpiredOperations()->size(), 1u);
}

TEST_F(TakeoverTest, WhatSawItsCardMeanwhileIsLeftAlone) {
  Leave("no-card", "");
  Takeover takeover(*ours_, *sessions_, absl::Seconds(1));
  EXPECT_EQ(Look(takeover), Ids());
  EXPECT_EQ(Look(takeover), Ids());
  // What they did in time stands: the operation has its card now.
  ASSERT_EQ(theirs_->Heartbeat(), absl::OkStatus());
  store::OperationRecord record = theirs_->Get("no-card").value();
  record.set_card_serial("CARD-1");
  ASSERT_EQ(theirs_->Write(record, 1, std::nullopt, {}), absl::OkStatus());
  clock_.Advance(absl::Seconds(61));
  for (int look = 0; look < 5; ++look) EXPECT_EQ(Look(takeover), Ids());
}

}  // namespace
}  // namespace jpkid::runner
