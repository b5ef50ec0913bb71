#pragma once

#include <optional>

#include "absl/time/time.h"

namespace jpkid::session {

// How long turns at one reader have lasted lately: a running mean in which each new turn counts for
// an eighth. Pure.
class TurnLengths {
 public:
  void Add(absl::Duration turn);

  // How long somebody waits before whom `position` others come, the first of which has had its turn
  // for `held`. Nothing before the first turn has ended.
  std::optional<absl::Duration> Wait(int position, absl::Duration held) const;

 private:
  std::optional<absl::Duration> mean_;
};

}  // namespace jpkid::session
