#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "hal/sim/fault.pb.h"

namespace jpkid::hal::sim {

// The faults a simulated card was told and has not shown yet.
class Faults {
 public:
  // Adds the faults of a FaultList in text format to the end of the list. INVALID_ARGUMENT with
  // line and column, or with what makes no sense; then none is added.
  absl::Status Add(absl::string_view text);

  // The fault for the command that comes now, taken off the list: INS, and the selected EF (0:
  // none).
  std::optional<Fault> Take(std::uint8_t instruction, std::uint16_t file);

  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    Fault fault;
    std::uint32_t seen = 0;  // Commands that matched but for `nth`.
  };
  std::deque<Waiting> waiting_;
};

}  // namespace jpkid::hal::sim
