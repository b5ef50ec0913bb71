#include "daemon/rules/expiry.h"

#include <algorithm>

#include "base/clock.h"

namespace jpkid::rules {

absl::CivilDay BirthdayIn(absl::CivilYear year, absl::CivilDay birth_date, LeapDayBirthday leap) {
  const absl::CivilDay day(year.year(), birth_date.month(), birth_date.day());
  if (day.month() == birth_date.month()) return day;
  // 29 February of a common year, which CivilDay normalises to 1 March.
  return leap == LeapDayBirthday::kFeb28 ? day - 1 : day;
}

absl::CivilDay NthBirthdayAfter(absl::CivilDay day, int n, absl::CivilDay birth_date,
                                LeapDayBirthday leap) {
  const absl::CivilYear year(day);
  const bool still_to_come = BirthdayIn(year, birth_date, leap) > day;
  return BirthdayIn(year + (still_to_come ? n - 1 : n), birth_date, leap);
}

int AgeOn(absl::CivilDay day, absl::CivilDay birth_date, LeapDayBirthday leap) {
  const auto years = static_cast<int>(absl::CivilYear(day) - absl::CivilYear(birth_date));
  return BirthdayIn(absl::CivilYear(day), birth_date, leap) > day ? years - 1 : years;
}

absl::CivilDay IssueExpiry(certs::Kind kind, const certs::CardProfile& profile,
                           const ExpiryFacts& facts) {
  absl::CivilDay expiry =
      NthBirthdayAfter(facts.issue_day, profile.validity_birthdays, facts.birth_date, facts.leap);
  expiry = std::min(expiry, facts.card_expiry);
  if (facts.end_of_stay.has_value()) expiry = std::min(expiry, *facts.end_of_stay);
  if (kind == certs::Kind::kSignature && facts.auth_expiry.has_value()) {
    expiry = std::min(expiry, *facts.auth_expiry);
  }
  return expiry;
}

absl::CivilDay TokyoDay(absl::Time time) { return absl::ToCivilDay(time, Tokyo()); }

}  // namespace jpkid::rules
