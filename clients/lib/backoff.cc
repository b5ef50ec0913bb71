#include "clients/lib/backoff.h"

#include <algorithm>

#include "base/steady_time.h"
#include "clients/lib/failure.h"

namespace jpkid::client {

absl::Status Backoff::Pause(const absl::Status& failure, absl::Time deadline) {
  const absl::Duration pause = std::max(next_, RetryDelay(failure, absl::ZeroDuration()));
  next_ = std::min(next_ * 2, kLongest);
  const absl::Time until = SteadyNow() + pause;
  if (interruption_.WaitUntil(std::min(until, deadline))) {
    return absl::CancelledError("interrupted");
  }
  return until < deadline ? absl::OkStatus() : failure;
}

}  // namespace jpkid::client
