#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"

#include "daemon/rules/application.h"
#include "daemon/rules/eligibility.h"

namespace jpkid::rules {

// Whether the application could be anybody's, seen on the day `today`. ARGUMENT_INVALID,
// STAY_DATE_MISSING.
absl::Status CheckApplication(const Application& application, absl::CivilDay today);

// What is asked about its certificates.
Question QuestionOf(const Application& application, absl::CivilDay today, LeapDayBirthday leap);

}  // namespace jpkid::rules
