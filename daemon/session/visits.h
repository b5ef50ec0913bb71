#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "base/mutex.h"
#include "daemon/session/queued_visit.h"

namespace jpkid::session {

// The visits there are, by their readers: those who hold nothing at the moment are in no queue, and
// want to know, too, that their card has gone. Thread-safe.
class Visits {
 public:
  void Add(const std::string& driver_name, const std::shared_ptr<QueuedVisit>& visit);

  // As QueuedVisit's, for every visit at this reader.
  void Saw(const hal::ReaderState& state);
  bool EndEarly(absl::string_view driver_name);

  void EndAll(const absl::Status& why);

 private:
  using Entry = std::pair<std::string, std::weak_ptr<QueuedVisit>>;

  // Those at this reader; at any where the name is empty.
  std::vector<std::shared_ptr<QueuedVisit>> At(absl::string_view driver_name);

  Mutex mutex_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::size_t most_ ABSL_GUARDED_BY(mutex_) = 64;  // Then those that have gone are taken out.
};

}  // namespace jpkid::session
