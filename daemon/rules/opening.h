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

}  // namespace jpkid::rules
