#include "daemon/rules/hours.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"

#include "base/status.h"

namespace jpkid::rules {
namespace {

// A `day` as "MM-DD": texts of this form are in the order of the year.
std::string MonthAndDay(absl::CivilDay day) { return absl::FormatCivilTime(day).substr(5); }

absl::Weekday Weekday(file::Day day) { return static_cast<absl::Weekday>(day - file::MONDAY); }

bool Within(const file::Dates& dates, absl::CivilDay day) {
  absl::CivilDay from;
  absl::CivilDay until;
  return absl::ParseCivilTime(dates.from(), &from) && absl::ParseCivilTime(dates.until(), &until) &&
         from <= day && day <= until;
}

bool Falls(const file::AfterNth& after, absl::CivilDay day) {
  const absl::CivilDay nth = day - after.days_after();
  return absl::GetWeekday(nth) == Weekday(after.day()) && IsNth(nth, after.nth());
}

bool Takes(const google::protobuf::RepeatedField<int>& procedures, Procedure procedure) {
  return procedures.empty() ||
         std::find(procedures.begin(), procedures.end(),
                   static_cast<int>(procedure) + file::ISSUE) != procedures.end();
}

}  // namespace

int MinuteOf(absl::string_view text) {
  int hour = 0;
  int minute = 0;
  const bool two_numbers = text.size() == 5 && text[2] == ':' && text[0] != '+' && text[0] != '-' &&
                           text[3] != '+' && text[3] != '-' &&
                           absl::SimpleAtoi(text.substr(0, 2), &hour) &&
                           absl::SimpleAtoi(text.substr(3, 2), &minute);
  if (!two_numbers || minute > 59) return -1;
  const int of_day = hour * 60 + minute;
  return of_day <= 24 * 60 ? of_day : -1;
}

bool IsNth(absl::CivilDay day, int nth) { return (day.day() - 1) / 7 + 1 == nth; }

bool Apply(const file::Hours& hours, absl::CivilDay day, Procedure procedure) {
  if (!Takes(hours.procedure(), procedure)) return false;
  const bool such_day = std::any_of(hours.day().begin(), hours.day().end(), [day](int one) {
    return Weekday(static_cast<file::Day>(one)) == absl::GetWeekday(day);
  });
  return such_day &&
         (hours.nth().empty() || std::any_of(hours.nth().begin(), hours.nth().end(),
                                             [day](int nth) { return IsNth(day, nth); }));
}

bool Within(const file::EachYear& each_year, absl::CivilDay day) {
  const std::string text = MonthAndDay(day);
  const bool from = text >= each_year.from();
  const bool until = text <= each_year.until();
  return each_year.from() <= each_year.until() ? from && until : from || until;
}

absl::StatusOr<std::vector<Closed>> ClosedOn(const Municipality& municipality, absl::CivilDay day) {
  std::vector<Closed> all;
  for (const file::Closing& closing : municipality.policy().closed()) {
    const Text name = {closing.name().english(), closing.name().japanese()};
    bool applies = false;
    switch (closing.rule_case()) {
      case file::Closing::kPublicHolidays: {
        JPKID_ASSIGN_OR_RETURN(const Text* const holiday, municipality.holidays().On(day));
        if (holiday != nullptr) all.push_back({&closing, *holiday});
        break;
      }
      case file::Closing::kEachYear:
        applies = Within(closing.each_year(), day);
        break;
      case file::Closing::kDates:
        applies = Within(closing.dates(), day);
        break;
      case file::Closing::kAfterNth:
        applies = Falls(closing.after_nth(), day);
        break;
      case file::Closing::RULE_NOT_SET:
        break;
    }
    if (applies) all.push_back({&closing, name});
  }
  return all;
}

}  // namespace jpkid::rules
