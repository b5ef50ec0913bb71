#pragma once

#include "absl/time/time.h"

namespace jpkid {

// Now, for deadlines: the time of day when the process began, and what has passed since. A clock
// that is set does not move it, so that no limit comes late and no wait lasts for hours because of
// that. What is told or stored takes the time of day, from a Clock.
absl::Time SteadyNow();

// A time of day on that scale, and back. Both infinities stay what they are.
absl::Time ToSteady(absl::Time time_of_day);
absl::Time FromSteady(absl::Time steady);

}  // namespace jpkid
