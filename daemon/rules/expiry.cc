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

namespace {

absl::CivilDay LastBirthday(int birthdays, const ExpiryFacts& facts) {
  if (facts.renewed.has_value()) {
    const absl::CivilYear year(*facts.renewed);
    for (const LeapDayBirthday leap : {LeapDayBirthday::kFeb28, LeapDayBirthday::kMar01}) {
      if (BirthdayIn(year, facts.birth_date, leap) != *facts.renewed) continue;
      // In a leap year both rules say 29 February, and the setting is asked.
      const bool in_doubt = facts.renewed->month() == 2 && facts.renewed->day() == 29;
      return BirthdayIn(year + birthdays, facts.birth_date, in_doubt ? facts.leap : leap);
    }
  }
  return NthBirthdayAfter(facts.issue_day, birthdays, facts.birth_date, facts.leap);
}

}  // namespace

Expiry ExpiryOf(certs::Kind kind, const certs::CardProfile& profile, const ExpiryFacts& facts) {
  Expiry expiry = {LastBirthday(profile.validity_birthdays, facts), ExpiryLimit::kBirthday};
  const auto cap = [&expiry](absl::CivilDay day, ExpiryLimit limit) {
    if (day < expiry.day) expiry = {day, limit};
  };
  cap(facts.card_expiry, ExpiryLimit::kCard);
  if (facts.end_of_stay.has_value()) cap(*facts.end_of_stay, ExpiryLimit::kStay);
  if (kind == certs::Kind::kSignature && facts.auth_expiry.has_value()) {
    cap(*facts.auth_expiry, ExpiryLimit::kAuth);
  }
  return expiry;
}

absl::CivilDay RenewalOpens(const certs::CardProfile& profile, absl::CivilDay expiry) {
  const absl::CivilMonth month = absl::CivilMonth(expiry) - profile.renewal_window_months;
  const absl::CivilDay last_of_month = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (expiry.day() - 1), last_of_month) + 1;
}

absl::CivilDay TokyoDay(absl::Time time) { return absl::ToCivilDay(time, Tokyo()); }

}  // namespace jpkid::rules
