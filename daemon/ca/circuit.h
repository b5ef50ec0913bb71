#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "base/clock.h"
#include "base/mutex.h"
#include "daemon/ca/ca.h"

namespace jpkid::ca {

// Keeps a daemon full of operations from besieging an authority that does not answer: after a few
// silent messages in a row nothing is sent for a while (open); then one message tries (half-open),
// and its answer decides. The pauses double up to a minute and are never quite equal, so that the
// terminals of a nation don't return in one moment. Thread-safe.
class CircuitBreaker {
 public:
  // `clock` outlives it.
  explicit CircuitBreaker(const Clock& clock) : clock_(clock) {}

  // CA_UNAVAILABLE while nothing may be sent. After OK Answered or Silent must be told.
  absl::Status Admit();

  // The authority said something, whatever it was.
  void Answered();
  void Silent();

  Circuit state() const;

 private:
  bool Rests() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  int silent_ ABSL_GUARDED_BY(mutex_) = 0;  // Messages in a row.
  bool trying_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Duration pause_ ABSL_GUARDED_BY(mutex_);
  absl::Time closed_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // Of sending.
};

}  // namespace jpkid::ca
