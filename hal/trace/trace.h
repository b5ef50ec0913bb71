#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/mutex.h"
#include "hal/trace/apdu_record.pb.h"
#include "hal/trace/scribe.h"  // IWYU pragma: export

namespace jpkid::hal::trace {

// A file with one line of JSON for each exchange, appended as it happens. Thread-safe.
class Trace {
 public:
  // Appends to the file at `path` (mode 0600).
  static absl::StatusOr<std::unique_ptr<Trace>> Open(const std::string& path);

  // Numbers `record` and writes it. A trace that cannot be written says so in the log, once.
  void Write(ApduRecord record);

 private:
  explicit Trace(UniqueFd file) : file_(std::move(file)) {}

  const UniqueFd file_;
  Mutex mutex_;
  std::uint64_t number_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace jpkid::hal::trace
