#include <map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "daemon/events/events.h"

namespace jpkid::events {

// The listeners by operation. Shared with the guards, so that a guard may outlive the feed.
class Feed::Listeners {
 public:
  std::uint64_t Add(const std::string& operation_id, absl::AnyInvocable<void()> listener) {
    const MutexLock lock(mutex_);
    const std::uint64_t key = next_++;
    by_operation_[operation_id].emplace(key, std::move(listener));
    return key;
  }

  // Waits for a Tell under way: afterwards the listener is not called any more.
  void Remove(const std::string& operation_id, std::uint64_t key) {
    const MutexLock lock(mutex_);
    const auto found = by_operation_.find(operation_id);
    if (found == by_operation_.end()) return;
    found->second.erase(key);
    if (found->second.empty()) by_operation_.erase(found);
  }

  void Tell(const std::string& operation_id) {
    const MutexLock lock(mutex_);
    const auto found = by_operation_.find(operation_id);
    if (found == by_operation_.end()) return;
    for (auto& [key, listener] : found->second) listener();
  }

 private:
  Mutex mutex_;
  std::uint64_t next_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<std::string, std::map<std::uint64_t, absl::AnyInvocable<void()>>> by_operation_
      ABSL_GUARDED_BY(mutex_);
};

Feed::Feed() : listeners_(std::make_shared<Listeners>()) {}
Feed::~Feed() = default;

std::shared_ptr<void> Feed::Subscribe(const std::string& operation_id,
                                      absl::AnyInvocable<void()> listener) {
  const std::uint64_t key = listeners_->Add(operation_id, std::move(listener));
  // The guard: its deleter is what matters.
  return std::shared_ptr<void>(nullptr, [listeners = listeners_, operation_id, key](void*) {
    listeners->Remove(operation_id, key);
  });
}

void Feed::Tell(const std::string& operation_id) { listeners_->Tell(operation_id); }

}  // namespace jpkid::events
