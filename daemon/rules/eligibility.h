#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

#include "daemon/certs/certs.h"
#include "daemon/rules/expiry.h"

namespace jpkid::rules {

// A certificate that a card holds already.
struct HeldCertificate {
  certs::Kind kind;
  absl::CivilDay expiry;
  bool revoked = false;
};

// Somebody who stands at the counter and wants certificates issued.
struct IssueQuestion {
  absl::CivilDay today;  // In Asia/Tokyo.
  absl::CivilDay birth_date;
  absl::CivilDay card_expiry;
  std::vector<certs::Kind> kinds;  // In the order they are made.
  std::vector<HeldCertificate> held = {};
  LeapDayBirthday leap = LeapDayBirthday::kFeb28;
};

struct ExpiryToCome {
  certs::Kind kind;
  absl::CivilDay expiry;
};

// Whether the certificates may be issued today, and until when each will run. Failures:
// CARD_EXPIRED, VALID_CERTIFICATE_PRESENT (S1), UNDER_FIFTEEN, SIGNATURE_NEEDS_AUTH.
absl::StatusOr<std::vector<ExpiryToCome>> MayIssue(const certs::CardProfile& profile,
                                                   const IssueQuestion& question);

}  // namespace jpkid::rules
