#include "daemon/session/bell.h"

#include <utility>

namespace jpkid::session {

void Bell::Ring() {
  {
    const MutexLock lock(mutex_);
    ++version_;
    rung_.NotifyAll();
  }
  const MutexLock lock(listeners_mutex_);
  for (auto& [key, listener] : listeners_) listener();
}

std::uint64_t Bell::version() const {
  const MutexLock lock(mutex_);
  return version_;
}

void Bell::Wait(std::uint64_t version, absl::Time deadline) const {
  const MutexLock lock(mutex_);
  while (version_ == version && !closed_) {
    if (!rung_.WaitUntil(mutex_, deadline)) return;
  }
}

std::shared_ptr<void> Bell::OnRing(absl::AnyInvocable<void()> listener) {
  const MutexLock lock(listeners_mutex_);
  const std::uint64_t key = next_key_++;
  listeners_.emplace(key, std::move(listener));
  // The guard: its deleter is what matters.
  return std::shared_ptr<void>(nullptr, [self = shared_from_this(), key](void*) {
    const MutexLock remove_lock(self->listeners_mutex_);
    self->listeners_.erase(key);
  });
}

void Bell::Close() {
  const MutexLock lock(mutex_);
  closed_ = true;
  rung_.NotifyAll();
}

}  // namespace jpkid::session
