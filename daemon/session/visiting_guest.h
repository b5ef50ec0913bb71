#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "daemon/session/visit.h"
#include "daemon/session/waiting_client.h"

// For the tests of this room: somebody who visits.
namespace jpkid::session {

// A visitor that remembers what it was told, and lets a test wait for it.
class Guest final : public Visitor {
 public:
  void OnPosition(int position, std::optional<absl::Duration>) override {
    Note([&] { positions_.push_back(position); });
  }
  void OnGranted(std::uint64_t insertion, const Bytes&) override {
    Note([&] { insertion_ = insertion; });
  }
  void OnEnded(const absl::Status& why) override {
    Note([&] { ends_.push_back(why); });
  }
  void OnDone(const absl::Status& status) {
    Note([&] { done_.push_back(status); });
  }

  // Which insertion it was granted; 0: never.
  std::uint64_t Granted() {
    Await([this] { return insertion_ != 0 || !ends_.empty(); });
    return insertion_;
  }
  absl::Status Ended() {
    Await([this] { return !ends_.empty(); });
    return ends_.empty() ? absl::OkStatus() : ends_.front();
  }
  void AwaitDone(std::size_t count) {
    Await([&] { return done_.size() == count; });
    EXPECT_EQ(done_, std::vector<absl::Status>(count));
  }
  void AwaitPosition(int position) {
    Await([&] { return !positions_.empty() && positions_.back() == position; });
  }
  std::size_t ends() const { return ends_.size(); }

 private:
  void Note(absl::FunctionRef<void()> change) {
    const MutexLock lock(mutex_);
    change();
    changed_.NotifyAll();
  }
  void Await(absl::FunctionRef<bool()> condition) {
    const absl::Time patience = Patience();
    const MutexLock lock(mutex_);
    while (!condition() && changed_.WaitUntil(mutex_, patience)) {
    }
    EXPECT_TRUE(condition());
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<int> positions_;
  std::uint64_t insertion_ = 0;
  std::vector<absl::Status> ends_;
  std::vector<absl::Status> done_;
};

// A visit with its visitor.
struct Stay {
  std::shared_ptr<Guest> guest = std::make_shared<Guest>();
  std::unique_ptr<Visit> visit = nullptr;

  void Send(std::uint8_t instruction, bool verified = false) {
    visit->Run(
        [instruction, verified](hal::Card& card) {
          if (verified) card.remembered().security_state = true;
          return card.TransmitRaw(Bytes{0x00, instruction}).status();
        },
        [to = guest](const absl::Status& status) { to->OnDone(status); });
  }
};

}  // namespace jpkid::session
