#include "base/steady_time.h"

#include <chrono>

#include "absl/time/clock.h"

namespace jpkid {

absl::Time SteadyNow() {
  using SteadyClock = std::chrono::steady_clock;
  static const absl::Time began = absl::Now();
  static const SteadyClock::time_point then = SteadyClock::now();
  return began + absl::FromChrono(SteadyClock::now() - then);
}

absl::Time ToSteady(absl::Time time_of_day) { return time_of_day + (SteadyNow() - absl::Now()); }

absl::Time FromSteady(absl::Time steady) { return steady + (absl::Now() - SteadyNow()); }

}  // namespace jpkid
