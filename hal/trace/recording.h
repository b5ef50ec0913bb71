#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "hal/trace/apdu_record.pb.h"

namespace jpkid::hal::trace {

// One line of a trace, ready to be played again.
struct Step {
  int line = 0;  // In its file, from 1.
  ApduRecord record;
  Bytes answer = {};  // The whole response APDU; octets that were masked are 00. Empty: none came.

  bool powers_up() const;
};

// What the file at `path` recorded, by reader. INVALID_ARGUMENT "FILE:LINE: …" for what is no
// trace, NOT_FOUND.
absl::StatusOr<std::map<std::string, std::vector<Step>>> ReadRecording(const std::string& path);

}  // namespace jpkid::hal::trace
