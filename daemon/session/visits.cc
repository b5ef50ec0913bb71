#include "daemon/session/visits.h"

#include <algorithm>

namespace jpkid::session {

void Visits::Add(const std::string& driver_name, const std::shared_ptr<QueuedVisit>& visit) {
  const MutexLock lock(mutex_);
  if (entries_.size() >= most_) {
    std::erase_if(entries_, [](const Entry& entry) { return entry.second.expired(); });
    most_ = std::max<std::size_t>(64, 2 * entries_.size());
  }
  entries_.emplace_back(driver_name, visit);
}

void Visits::Saw(const hal::ReaderState& state) {
  for (const auto& visit : At(state.name)) visit->Saw(state);
}

bool Visits::EndEarly(absl::string_view driver_name) {
  bool ended = false;
  for (const auto& visit : At(driver_name)) ended = visit->EndEarly() || ended;
  return ended;
}

void Visits::EndAll(const absl::Status& why) {
  for (const auto& visit : At("")) visit->End(why);
}

std::vector<std::shared_ptr<QueuedVisit>> Visits::At(absl::string_view driver_name) {
  std::vector<std::shared_ptr<QueuedVisit>> visits;
  const MutexLock lock(mutex_);
  for (const auto& [name, weak] : entries_) {
    if (!driver_name.empty() && name != driver_name) continue;
    if (auto visit = weak.lock()) visits.push_back(std::move(visit));
  }
  return visits;
}

}  // namespace jpkid::session
