#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/mutex.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/card/card.h"
#include "daemon/session/session.h"
#include "hal/sim/card_store.h"
#include "hal/sim/sim_readers.h"
#include "hal/sim/test_card.h"

// What hands do to readers while clients ask, and many readers at once.
namespace jpkid {
namespace {

constexpr int kInsertions = 300;
constexpr int kReaders = 16;

absl::Time Patience() { return SteadyNow() + absl::Seconds(60); }

// How much there is of what could leak.
std::size_t CountIn(const char* directory) {
  const std::filesystem::directory_iterator entries(directory);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

// Counts, and lets a thread wait until enough was counted.
class Counted {
 public:
  void Add() {
    const MutexLock lock(mutex_);
    ++count_;
    changed_.NotifyAll();
  }
  int count() const {
    const MutexLock lock(mutex_);
    return count_;
  }
  // False where it is not `count` by the end of patience.
  bool WaitFor(int count) {
    const absl::Time end = Patience();
    const MutexLock lock(mutex_);
    while (count_ < count && changed_.WaitUntil(mutex_, end)) {
    }
    return count_ >= count;
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

class Storm : public testing::Test {
 protected:
  Storm() {
    hal::sim::SimReaders::Options options = {.slots = {}, .key_source = &keys_};
    for (int i = 0; i < kReaders; ++i) {
      options.slots.push_back({.name = Name(i), .card = Card(i)});
      EXPECT_TRUE(hal::sim::CardStore::Create(Card(i), hal::sim::IssuedImage()).ok());
    }
    readers_ = hal::sim::SimReaders::Create(options).value();
    sessions_ =
        session::Sessions::Create(readers_, {.aliases = {}, .look_every = absl::Milliseconds(10)});
  }
  ~Storm() override {
    for (int i = 0; i < kReaders; ++i) unlink(Card(i).c_str());
  }
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

  static std::string Name(int index) { return "Simulated " + std::to_string(index); }
  static std::string Alias(int index) { return "simulated-" + std::to_string(index); }
  static std::string Card(int index) {
    return testing::TempDir() + "storm." + std::to_string(getpid()) + "." + std::to_string(index);
  }
  static session::LeaseRequest RequestOf(const std::string& client, int reader = 0) {
    return {.reader = Alias(reader), .client = client, .deadline = Patience()};
  }
  static absl::Status AskTries(hal::Card& card) {
    return card::JpkiCard(card).GetPinStatus(certs::Kind::kAuth).status();
  }

  // By a lease: two commands' time, and a PIN in between for some.
  absl::Status AskByLease(const std::string& client, bool with_pin) {
    JPKID_ASSIGN_OR_RETURN(const auto lease, sessions_->Acquire(RequestOf(client), [](int) {}));
    if (with_pin) {
      JPKID_RETURN_IF_ERROR(lease->Run(Patience(), [](hal::Card& card) {
        return card::JpkiCard(card).VerifyPin(certs::Kind::kAuth,
                                              hal::sim::SecretOf(hal::sim::kTestAuthPin));
      }));
    }
    return lease->Run(Patience(), AskTries);
  }

  // By a turn of its own, with nobody waiting but this thread.
  absl::Status AskOnce(const std::string& client) {
    const auto ended = std::make_shared<Counted>();
    const auto result = std::make_shared<absl::Status>();
    JPKID_ASSIGN_OR_RETURN(const auto turn,
                           sessions_->Once(RequestOf(client), absl::Seconds(60), AskTries,
                                           [ended, result](const absl::Status& status) {
                                             *result = status;
                                             ended->Add();
                                           }));
    EXPECT_TRUE(ended->WaitFor(1)) << "a turn without an end";
    return *result;
  }

  hal::sim::TestKeySource keys_;
  std::shared_ptr<hal::sim::SimReaders> readers_;
  std::unique_ptr<session::Sessions> sessions_;
};

// A client under the storm: asks until it is over, and keeps account of what it was told.
class Asking {
 public:
  Asking(std::function<absl::Status()> ask, Counted& answered)
      : thread_([this, ask = std::move(ask), &answered] {
          while (!over_) {
            const absl::Status status = ask();
            if (status.ok()) {
              answered.Add();
            } else {
              ++failures_[FailureOf(status).reason];
            }
          }
        }) {}

  std::map<Reason, int> Stop() {
    over_ = true;
    thread_.join();
    return failures_;
  }

 private:
  std::atomic<bool> over_ = false;
  std::map<Reason, int> failures_;
  std::thread thread_;
};

TEST_F(Storm, InsertionsAndRemovalsWhileClientsAsk) {
  Counted answered;
  ASSERT_TRUE(AskOnce("first").ok());
  const std::size_t descriptors = CountIn("/proc/self/fd");
  const std::size_t threads = CountIn("/proc/self/task");
  std::vector<std::unique_ptr<Asking>> clients;
  for (const bool with_pin : {false, true}) {
    clients.push_back(std::make_unique<Asking>(
        [this, with_pin] { return AskByLease(with_pin ? "pin" : "lease", with_pin); }, answered));
  }
  for (const char* name : {"once", "again"}) {
    clients.push_back(std::make_unique<Asking>([this, name] { return AskOnce(name); }, answered));
  }
  for (int i = 0; i < kInsertions; ++i) {
    // Each card is used, and somebody is told of each that goes.
    ASSERT_TRUE(answered.WaitFor(answered.count() + 1)) << "after " << i << " insertions";
    ASSERT_TRUE(readers_->Remove(Name(0)).ok());
    ASSERT_TRUE(readers_->Insert(Name(0)).ok());
  }
  for (const auto& client : clients) {
    for (const auto& [reason, count] : client->Stop()) {
      EXPECT_TRUE(reason == Reason::kCardRemoved || reason == Reason::kCardAbsent ||
                  reason == Reason::kLeaseStale)
          << static_cast<int>(reason) << " came " << count << " times";
    }
  }
  const session::QueueStatus queue = sessions_->Queue(Alias(0)).value();
  EXPECT_FALSE(queue.holder.has_value());
  EXPECT_TRUE(queue.waiting.empty());
  EXPECT_TRUE(AskOnce("last").ok());
  EXPECT_EQ(CountIn("/proc/self/fd"), descriptors);
  // The kernel lists a thread for a moment after it was joined.
  const absl::Time patience = SteadyNow() + absl::Seconds(20);
  while (CountIn("/proc/self/task") > threads && SteadyNow() < patience) std::this_thread::yield();
  EXPECT_EQ(CountIn("/proc/self/task"), threads);
  EXPECT_GT(readers_->List().readers[0].insertion, static_cast<std::uint64_t>(kInsertions));
}

// Each job waits at its card for all the others: one after the other none would ever end.
TEST_F(Storm, AllReadersWorkAtOnce) {
  Counted at_card;
  std::vector<std::thread> clients;
  for (int i = 0; i < kReaders; ++i) {
    clients.emplace_back([this, i, &at_card] {
      const auto lease = sessions_->Acquire(RequestOf("client", i), [](int) {});
      ASSERT_TRUE(lease.ok()) << lease.status();
      EXPECT_TRUE((*lease)
                      ->Run(Patience(),
                            [&at_card](hal::Card& card) {
                              at_card.Add();
                              EXPECT_TRUE(at_card.WaitFor(kReaders));
                              return AskTries(card);
                            })
                      .ok());
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(at_card.count(), kReaders);
}

}  // namespace
}  // namespace jpkid
