#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "base/steady_time.h"
#include "daemon/session/session.h"

// For the tests of this room: somebody who waits.
namespace jpkid::session {

inline constexpr char kDriverName[] = "Fake 00";
inline constexpr char kReader[] = "fake-00";

// A test that waits longer has failed.
inline absl::Time Patience() { return SteadyNow() + absl::Seconds(20); }

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

}  // namespace jpkid::session
