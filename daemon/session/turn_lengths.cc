#include "daemon/session/turn_lengths.h"

#include <algorithm>

namespace jpkid::session {

void TurnLengths::Add(absl::Duration turn) {
  constexpr int kWeight = 8;
  mean_ = mean_ ? *mean_ + (turn - *mean_) / kWeight : turn;
}

std::optional<absl::Duration> TurnLengths::Wait(int position, absl::Duration held) const {
  if (!mean_) return std::nullopt;
  if (position == 0) return absl::ZeroDuration();
  // A holder who is over the mean may go at any moment.
  return std::max(*mean_ - held, absl::ZeroDuration()) + (position - 1) * *mean_;
}

}  // namespace jpkid::session
