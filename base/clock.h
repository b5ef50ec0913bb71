#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "base/mutex.h"

namespace jpkid {

// The time of day, injected wherever a decision depends on it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// A clock that stands still until it is moved. For tests and for simulated time.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override;
  void Set(absl::Time now);
  void Advance(absl::Duration by);

 private:
  mutable Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

// Asia/Tokyo: the zone of every date of the counter. It has had no daylight saving since 1951, so
// it is a fixed offset here and needs no time-zone files.
inline absl::TimeZone Tokyo() { return absl::FixedTimeZone(9 * 60 * 60); }

}  // namespace jpkid
