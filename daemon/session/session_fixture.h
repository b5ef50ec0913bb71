#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "base/status.h"
#include "daemon/session/session.h"
#include "tests/fakes/fake_readers.h"

// What the tests of this room share.
namespace jpkid::session {

inline constexpr char kDriverName[] = "Fake 00";
inline constexpr char kReader[] = "fake-00";

// A test that waits longer has failed.
inline absl::Time Patience() { return absl::Now() + absl::Seconds(20); }

inline LeaseRequest RequestOf(const std::string& client) {
  return {.reader = kReader, .client = client, .deadline = Patience()};
}

// A client that waits for its turn on a thread of its own.
class Client {
 public:
  Client(Sessions& sessions, LeaseRequest request)
      : thread_([this, &sessions, request = std::move(request)] {
          auto lease = sessions.Acquire(request, [this](int position) { Note(position); });
          const MutexLock lock(mutex_);
          result_ = lease.status();
          if (lease.ok()) lease_ = *std::move(lease);
          changed_.NotifyAll();
        }) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { thread_.join(); }

  // Waits until it was told this position.
  void AwaitPosition(int position) {
    const absl::Time patience = Patience();
    const MutexLock lock(mutex_);
    while ((positions_.empty() || positions_.back() != position) &&
           changed_.WaitUntil(mutex_, patience)) {
    }
    EXPECT_THAT(positions_, ::testing::Contains(position));
  }

  // Waits for the end of its Acquire.
  absl::Status Result() {
    const absl::Time patience = Patience();
    const MutexLock lock(mutex_);
    while (!result_ && changed_.WaitUntil(mutex_, patience)) {
    }
    return result_.value_or(absl::DeadlineExceededError("still waits"));
  }

  std::unique_ptr<Lease> TakeLease() {
    EXPECT_EQ(Result(), absl::OkStatus());
    const MutexLock lock(mutex_);
    return std::move(lease_);
  }

  std::vector<int> positions() {
    const MutexLock lock(mutex_);
    return positions_;
  }

 private:
  void Note(int position) {
    const MutexLock lock(mutex_);
    positions_.push_back(position);
    changed_.NotifyAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<int> positions_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> result_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Lease> lease_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// One reader, kReader, without a card.
class SessionFixture : public ::testing::Test {
 protected:
  SessionFixture() { readers_->Plug(kDriverName); }

  void Start() { sessions_ = Sessions::Create(readers_, options_); }

  // The turn, which must be free.
  std::unique_ptr<Lease> Take(const std::string& client) {
    auto lease = sessions_->Acquire(RequestOf(client), [](int position) {
      ADD_FAILURE() << "had to wait at position " << position;
    });
    EXPECT_EQ(lease.status(), absl::OkStatus());
    return lease.ok() ? *std::move(lease) : nullptr;
  }

  // Sends one command; with `verified` as if a PIN had been verified.
  static absl::Status Send(Lease& lease, std::uint8_t instruction, bool verified = false) {
    return lease.Run(Patience(), [instruction, verified](hal::Card& card) {
      if (verified) card.remembered().security_state = true;
      return card.TransmitRaw(Bytes{0x00, instruction}).status();
    });
  }

  ReaderStatus Status() {
    const ReaderStatusList list = sessions_->List();
    return list.readers.empty() ? ReaderStatus() : list.readers.front();
  }

  Options options_ = {.aliases = {},
                      .idle_before_close = absl::InfiniteDuration(),
                      .driver_limit = absl::Seconds(20),
                      .look_every = absl::Milliseconds(5)};
  const std::shared_ptr<fakes::FakeReaders> readers_ = std::make_shared<fakes::FakeReaders>();
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace jpkid::session
