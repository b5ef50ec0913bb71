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

// What a certificate's last day depends on.
struct ExpiryFacts {
  absl::CivilDay issue_day;  // In Asia/Tokyo.
  absl::CivilDay birth_date;
  absl::CivilDay card_expiry;
  std::optional<absl::CivilDay> end_of_stay = {};  // Foreign residents with a period of stay (S12).
  // Of its auth certificate, for a signature certificate.
  std::optional<absl::CivilDay> auth_expiry = {};
  // Of the valid certificate that it replaces, in its renewal window.
  std::optional<absl::CivilDay> renewed = {};
  LeapDayBirthday leap = LeapDayBirthday::kFeb28;
};

// What ends a certificate; of several that fall on one day the first.
enum class ExpiryLimit { kBirthday, kCard, kStay, kAuth };

struct Expiry {
  absl::CivilDay day;
  ExpiryLimit limit;

  friend bool operator==(const Expiry&, const Expiry&) = default;
};

// The last day of a new certificate (S12): the profile's n-th birthday from issue, or for a renewal
// n years from the birthday on which the old one ends; capped by the card, the stay and, for a
// signature certificate, the auth certificate. An old one that ended on a cap counts for nothing.
// Born on 29 February: the old one's last day tells which birthday it is, whatever `leap` says.
Expiry ExpiryOf(certs::Kind kind, const certs::CardProfile& profile, const ExpiryFacts& facts);

// The first day on which a certificate is renewed that ends on `expiry` (S10): the day after the
// date so many months before. A month without that date gives its last day.
absl::CivilDay RenewalOpens(const certs::CardProfile& profile, absl::CivilDay expiry);

// The day it is in Asia/Tokyo.
absl::CivilDay TokyoDay(absl::Time time);

}  // namespace jpkid::rules
