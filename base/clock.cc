#include "base/clock.h"

namespace jpkid {

absl::Time ManualClock::Now() const {
  const MutexLock lock(mutex_);
  return now_;
}

void ManualClock::Set(absl::Time now) {
  const MutexLock lock(mutex_);
  now_ = now;
}

void ManualClock::Advance(absl::Duration by) {
  const MutexLock lock(mutex_);
  now_ += by;
}

}  // namespace jpkid
