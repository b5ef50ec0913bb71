#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "daemon/rules/application.h"
#include "daemon/rules/finding.h"
#include "daemon/rules/municipality.h"

namespace jpkid::rules {

// Somebody who comes to a window.
struct Coming {
  Procedure procedure;
  std::string window;  // Empty: the municipality's first.
  bool has_appointment = false;
  std::optional<int> taken_that_day = {};  // Applications; not known: no cap.
};

// Why the counter does not take it at `at` (S8, S9, S18), with the next opening; nothing: it does.
// HOLIDAYS_UNKNOWN.
absl::StatusOr<std::vector<Finding>> RefusalsAtCounter(const Municipality& municipality,
                                                       const Coming& coming, absl::Time at);

// The first day from `day` on when the window is open for it: the last day to come, where `day` was
// to be that. `day` itself where the holidays are not known so far.
absl::CivilDay FirstOpenDay(const Municipality& municipality, const std::string& window,
                            Procedure procedure, absl::CivilDay day);

}  // namespace jpkid::rules
