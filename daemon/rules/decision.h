#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "daemon/certs/certs.h"
#include "daemon/rules/application.h"
#include "daemon/rules/finding.h"
#include "daemon/rules/municipality.h"

namespace jpkid::rules {

// Something to bring. A code comes once a visit.
struct Item {
  std::string code;  // "HOLDER_CARD"; a municipality may have codes of its own.
  int visit = 1;
  std::string s_row = {};
  std::string english = {}, japanese = {};

  friend bool operator==(const Item&, const Item&) = default;
};

// How an application goes. Where it is refused nothing but the findings and `becomes` says
// anything.
struct Decision {
  bool allowed = false;
  bool same_day = false;
  int visits = 0;
  Procedure becomes = Procedure::kIssue;  // Renewal only while a certificate of the kinds is valid.
  std::vector<certs::Kind> kinds = {};    // What will be made, in order.
  std::vector<Item> items = {};
  std::vector<certs::Kind> pins = {};  // Those that will be asked for.
  // Of those to be made; with two visits as if made at the time of the first.
  std::optional<absl::CivilDay> auth_expiry = {}, signature_expiry = {};
  std::vector<Finding> findings = {};  // Refusals first.

  friend bool operator==(const Decision&, const Decision&) = default;
};

// What a clerk of `municipality` would say to `application` at the time `at`. A refusal is an
// answer. A kind that cannot be made is left out, with the reason, where the other one can (S1 is
// judged for each kind). `taken_that_day`: applications taken at the window that day, for windows
// with a daily cap. Fails for what no clerk could answer: STAY_DATE_MISSING, HOLIDAYS_UNKNOWN,
// ARGUMENT_INVALID.
absl::StatusOr<Decision> Decide(const Municipality& municipality, const certs::CardProfile& profile,
                                const Application& application, absl::Time at,
                                std::optional<int> taken_that_day = std::nullopt);

// The same of what follows from an application that was taken at `at`: whether the counter was open
// to it is not asked again, for its file may have changed (decisions.md, Time).
absl::StatusOr<Decision> DecideAnew(const Municipality& municipality,
                                    const certs::CardProfile& profile,
                                    const Application& application, absl::Time at);

}  // namespace jpkid::rules
