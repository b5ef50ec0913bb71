// Two daemons on one database: no case is run twice, none is lost.

#include <map>
#include <thread>

#include <gmock/gmock.h>

#include "base/mutex.h"
#include "base/status.h"
#include "tests/contract/store_contract.h"

namespace jpkid::store {

TEST_P(StoreRaces, EachCaseIsTakenByOneOfManyClerks) {
  constexpr int kCases = 20;
  constexpr int kClerks = 3;  // Of each daemon, each trying every case.
  for (int i = 0; i < kCases; ++i) Created("case" + std::to_string(i));
  const std::unique_ptr<Store> stores[] = {Open("two"), Open("three")};
  Mutex mutex;
  std::map<std::string, int> taken;
  int refused = 0;
  std::vector<std::thread> threads;
  for (std::size_t daemon = 0; daemon < 2; ++daemon) {
    for (int clerk = 0; clerk < kClerks; ++clerk) {
      threads.emplace_back([&, daemon, clerk] {
        for (int i = 0; i < kCases; ++i) {
          const std::string id = "case" + std::to_string(i);
          const std::string operation =
              "op" + std::to_string(daemon) + std::to_string(clerk) + "-" + id;
          const absl::Status status =
              stores[daemon]->Create(OperationOf(id, operation), {}, std::nullopt).status();
          const MutexLock lock(mutex);
          if (status.ok()) ++taken[id];
          if (FailedFor(status, Reason::kCaseState)) ++refused;
        }
      });
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken.size(), static_cast<std::size_t>(kCases));
  for (const auto& [id, times] : taken) EXPECT_EQ(times, 1) << id;
  EXPECT_EQ(refused, kCases * (2 * kClerks - 1));
}

TEST_P(StoreRaces, TwoClerksChangeACaseOneAfterTheOther) {
  Created("a");
  const std::unique_ptr<Store> stores[] = {Open("two"), Open("three")};
  constexpr int kRounds = 20;
  std::vector<std::thread> threads;
  for (const auto& store : stores) {
    threads.emplace_back([&store] {
      for (int done = 0; done < kRounds;) {
        CaseRecord record = store->GetCase("a").value();
        record.add_wrong_pins("auth");
        const absl::Status status = store->UpdateCase(record, record.version()).status();
        EXPECT_TRUE(status.ok() || FailedFor(status, Reason::kCaseChanged)) << status;
        done += status.ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const CaseRecord record = store_->GetCase("a").value();
  EXPECT_EQ(record.wrong_pins_size(), 2 * kRounds);
  EXPECT_EQ(record.version(), 1 + 2 * kRounds);
}

TEST_P(StoreRaces, WhatADroppedDaemonLeftIsTakenUpOnce) {
  constexpr int kCases = 12;
  auto dropped = Open("dropped");
  ASSERT_EQ(dropped->Heartbeat(), absl::OkStatus());
  for (int i = 0; i < kCases; ++i) {
    const std::string number = std::to_string(i);
    Created("case" + number);
    OperationRecord operation = OperationOf("case" + number, "op" + number);
    operation.set_card_serial("CARD-" + number);
    ASSERT_TRUE(dropped->Create(operation, {}, std::nullopt).ok());
  }
  dropped = nullptr;
  clock_.Advance(absl::Minutes(1));
  // Two daemons that both believe to have each card.
  const std::unique_ptr<Store> stores[] = {Open("two"), Open("three")};
  Mutex mutex;
  std::map<std::string, int> ended;
  std::vector<std::thread> threads;
  for (const auto& store : stores) {
    ASSERT_EQ(store->Heartbeat(), absl::OkStatus());
    threads.emplace_back([&] {
      for (int i = 0; i < kCases; ++i) {
        auto claimed = store->ClaimExpired("CARD-" + std::to_string(i)).value();
        for (Claimed& one : claimed) {
          one.record.set_state(OperationRecord::SUCCEEDED);
          EXPECT_EQ(Write(*store, one.record, one.epoch), absl::OkStatus());
          const MutexLock lock(mutex);
          ++ended[one.record.case_id()];
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ended.size(), static_cast<std::size_t>(kCases));
  for (const auto& [id, times] : ended) {
    EXPECT_EQ(times, 1) << id;
    EXPECT_EQ(store_->GetCase(id)->state(), CaseRecord::COMPLETED) << id;
  }
}

}  // namespace jpkid::store
