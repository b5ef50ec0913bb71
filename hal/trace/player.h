#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "hal/trace/recording.h"

namespace jpkid::hal::trace {

// How far the replay of one reader has come, and whether what is done now is what was recorded.
// Pure; used under its owner's lock.
class Player {
 public:
  // `steps`: not empty.
  explicit Player(std::vector<Step> steps) : steps_(std::move(steps)) {}

  // Of the first power-up; empty where none was recorded.
  Bytes atr() const;

  // The card gets power, several times in a row where it did so. TRACE_DIFFERS where a command is
  // next, unless it is the very first.
  absl::Status PowerUp();

  // What became of the next command: a step with or without an answer. TRACE_DIFFERS{n, detail}.
  absl::StatusOr<const Step*> Take(ByteView apdu);

 private:
  absl::Status Differs(absl::string_view came) const;

  std::vector<Step> steps_;
  std::size_t next_ = 0;
};

}  // namespace jpkid::hal::trace
