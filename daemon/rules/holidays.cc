#include "daemon/rules/holidays.h"

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "daemon/config/text_proto.h"
#include "daemon/rules/holidays.pb.h"

namespace jpkid::rules {
namespace {

using config::Section;

}  // namespace

absl::StatusOr<Holidays> Holidays::Read(const std::string& file, const std::string& text) {
  config::Findings findings(file);
  Section::Places places;
  file::HolidayFile content;
  if (!config::ParseTextProto(text, content, places, findings)) return findings.status();
  const Section section(*content.GetDescriptor(), &places);
  Holidays holidays;
  holidays.first_year_ = content.first_year();
  holidays.last_year_ = content.last_year();
  if (content.first_year() < 1 || content.last_year() < content.first_year()) {
    findings.Refuse(section.At("first_year"), "first_year and last_year say what is covered.");
  }
  for (int i = 0; i < content.holiday_size(); ++i) {
    const file::Holiday& holiday = content.holiday(i);
    const config::Place place = section.At("holiday", i);
    absl::CivilDay day;
    if (!absl::ParseCivilTime(holiday.date(), &day)) {
      findings.Refuse(place, absl::StrCat("\"", holiday.date(), "\" is no date YYYY-MM-DD."));
      continue;
    }
    if (day < holidays.first() || day > holidays.last()) {
      findings.Refuse(place, absl::StrCat(holiday.date(), " is outside the years covered."));
    }
    if (holiday.english().empty() || holiday.japanese().empty()) {
      findings.Refuse(place, absl::StrCat(holiday.date(), " has no name in both languages."));
    }
    if (!holidays.days_.emplace(day, Text{holiday.english(), holiday.japanese()}).second) {
      findings.Refuse(place, absl::StrCat(holiday.date(), " is there already."));
    }
  }
  JPKID_RETURN_IF_ERROR(findings.status());
  return holidays;
}

absl::StatusOr<const Text*> Holidays::On(absl::CivilDay day) const {
  if (day < first() || day > last()) {
    return Fail(Reason::kHolidaysUnknown, {{"first", absl::FormatCivilTime(first())},
                                           {"last", absl::FormatCivilTime(last())},
                                           {"date", absl::FormatCivilTime(day)}});
  }
  const auto found = days_.find(day);
  return found == days_.end() ? nullptr : &found->second;
}

}  // namespace jpkid::rules
