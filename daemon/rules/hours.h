#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "daemon/rules/application.h"
#include "daemon/rules/municipality.h"
#include "daemon/rules/municipality.pb.h"

// The calendar of a municipality: pure questions to its file.
namespace jpkid::rules {

// "09:00" as minutes from midnight; -1: it is no time of a day ("00:00" to "24:00").
int MinuteOf(absl::string_view text);

// Whether `day` is the nth such day of its month.
bool IsNth(absl::CivilDay day, int nth);

// Whether the hours are those of `day` for `procedure`.
bool Apply(const file::Hours& hours, absl::CivilDay day, Procedure procedure);

// "12-29" to "01-03": whether `day` lies within, in any year.
bool Within(const file::EachYear& each_year, absl::CivilDay day);

// A closing that applies on a day, with the name people know it by.
struct Closed {
  const file::Closing* closing;
  Text name;
};

// All closings on `day`. HOLIDAYS_UNKNOWN where public holidays matter and the list ends before.
absl::StatusOr<std::vector<Closed>> ClosedOn(const Municipality& municipality, absl::CivilDay day);

}  // namespace jpkid::rules
