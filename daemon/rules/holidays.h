#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

#include "daemon/rules/text.h"

namespace jpkid::rules {

// The public holidays of Japan (S9), from a list that ends somewhere.
class Holidays {
 public:
  // Reads the text of a holiday file (holidays.proto). INVALID_ARGUMENT with lines
  // "FILE:LINE:COLUMN: sentence".
  static absl::StatusOr<Holidays> Read(const std::string& file, const std::string& text);

  // The holiday's name; null: it is none. HOLIDAYS_UNKNOWN for a day outside the list.
  absl::StatusOr<const Text*> On(absl::CivilDay day) const;

  const std::map<absl::CivilDay, Text>& all() const { return days_; }
  absl::CivilDay first() const { return absl::CivilDay(first_year_, 1, 1); }
  absl::CivilDay last() const { return absl::CivilDay(last_year_, 12, 31); }

 private:
  int first_year_ = 0, last_year_ = 0;
  std::map<absl::CivilDay, Text> days_;
};

}  // namespace jpkid::rules
