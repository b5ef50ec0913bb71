#pragma once

#include <optional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "daemon/certs/certs.h"

namespace jpkid::rules {

// When somebody born on 29 February has his birthday in other years. No source settles it for JPKI;
// FEB_28 is the rule of the residence-card law.
enum class LeapDayBirthday { kFeb28, kMar01 };

// The birthday of somebody born on `birth_date` in `year`.
absl::CivilDay BirthdayIn(absl::CivilYear year, absl::CivilDay birth_date, LeapDayBirthday leap);

// The n-th birthday after `day`, n ≥ 1; a birthday on `day` itself does not count (S12).
absl::CivilDay NthBirthdayAfter(absl::CivilDay day, int n, absl::CivilDay birth_date,
                                LeapDayBirthday leap);

// How many years old somebody is on `day`.
int AgeOn(absl::CivilDay day, absl::CivilDay birth_date, LeapDayBirthday leap);

// What caps a certificate's life.
struct ExpiryFacts {
  absl::CivilDay issue_day;  // In Asia/Tokyo.
  absl::CivilDay birth_date;
  absl::CivilDay card_expiry;
  std::optional<absl::CivilDay> end_of_stay = {};  // Foreign residents with a period of stay (S12).
  // Of its auth certificate, for a signature certificate.
  std::optional<absl::CivilDay> auth_expiry = {};
  LeapDayBirthday leap = LeapDayBirthday::kFeb28;
};

// The last day of a certificate newly issued (S12): the profile's n-th birthday, capped by the
// card, the stay and, for a signature certificate, the auth certificate.
absl::CivilDay IssueExpiry(certs::Kind kind, const certs::CardProfile& profile,
                           const ExpiryFacts& facts);

// The day it is in Asia/Tokyo.
absl::CivilDay TokyoDay(absl::Time time);

}  // namespace jpkid::rules
