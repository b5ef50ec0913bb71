#include "daemon/rpc/health_board.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"

namespace jpkid::rpc {

void HealthBoard::Replace(const std::string& prefix, const Entries& entries) {
  {
    const MutexLock lock(mutex_);
    if (stopped_) return;
    const Entries before = entries_;
    std::erase_if(entries_,
                  [&](const auto& entry) { return absl::StartsWith(entry.first, prefix); });
    entries_.insert(entries.begin(), entries.end());
    if (entries_ == before) return;
  }
  WakeAll();
}

void HealthBoard::StopAll() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    for (auto& [name, works] : entries_) works = false;
  }
  WakeAll();
}

std::optional<bool> HealthBoard::Works(const std::string& name) const {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

std::shared_ptr<void> HealthBoard::Subscribe(Wake wake) {
  const MutexLock lock(mutex_);
  const std::uint64_t key = next_key_++;
  wakes_.emplace(key, std::move(wake));
  return std::shared_ptr<void>(nullptr, [self = shared_from_this(), key](void*) {
    const MutexLock remove(self->mutex_);
    self->wakes_.erase(key);
  });
}

void HealthBoard::WakeAll() {
  std::vector<Wake> wakes;
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, wake] : wakes_) wakes.push_back(wake);
  }
  for (const Wake& wake : wakes) wake();
}

}  // namespace jpkid::rpc
