#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "clients/lib/interruption.h"

namespace jpkid::client {

// The pauses between tries to reach a daemon that has gone: 100 ms, doubled each time, at most 2 s,
// never less than the daemon asked for.
class Backoff {
 public:
  explicit Backoff(const Interruption& interruption) : interruption_(interruption) {}

  // Waits before the next try after `failure`. `failure` itself, when `deadline` comes first;
  // CANCELLED when the user interrupts.
  absl::Status Pause(const absl::Status& failure, absl::Time deadline);

  // The daemon is there: the next pause is a short one again.
  void Reset() { next_ = kFirst; }

 private:
  static constexpr absl::Duration kFirst = absl::Milliseconds(100);
  static constexpr absl::Duration kLongest = absl::Seconds(2);

  const Interruption& interruption_;
  absl::Duration next_ = kFirst;
};

}  // namespace jpkid::client
