#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

#include "base/reason.h"
#include "daemon/certs/certs.h"
#include "daemon/rules/application.h"
#include "daemon/rules/expiry.h"

namespace jpkid::rules {

// A certificate that a card holds already.
struct HeldCertificate {
  certs::Kind kind;
  absl::CivilDay expiry;
  bool revoked = false;
};

// What somebody wants made. Asked before anything is done, and again at the card with what the card
// itself holds.
struct Question {
  Procedure procedure = Procedure::kIssue;
  absl::CivilDay today;  // In Asia/Tokyo.
  absl::CivilDay birth_date;
  absl::CivilDay card_expiry;
  std::optional<absl::CivilDay> end_of_stay = {};  // Of those whose certificates end with it (S12).
  std::vector<certs::Kind> kinds;                  // In any order.
  std::vector<HeldCertificate> held = {};
  LeapDayBirthday leap = LeapDayBirthday::kFeb28;
  bool pinless_card = false;
  bool adult_ward = false;
  // With two visits a new certificate runs as long as one issued, whatever it replaces.
  bool two_visits = false;
};

struct ToMake {
  certs::Kind kind;
  absl::CivilDay expiry;
  bool replaces_valid = false;  // A renewal; else an issue.
  ExpiryLimit limit = ExpiryLimit::kBirthday;

  friend bool operator==(const ToMake&, const ToMake&) = default;
};

struct Refusal {
  Reason reason;
  ReasonMetadata metadata = {};

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// What is found of one kind: it can be made, or why not.
struct KindFinding {
  certs::Kind kind;
  std::optional<ToMake> to_make = {};
  std::vector<Refusal> refusals = {};
};

// Then there is no signature certificate, and the legal representative applies.
bool IsUnderFifteen(absl::CivilDay today, absl::CivilDay birth_date, LeapDayBirthday leap);

// What keeps the card from being served at all: CARD_EXPIRED, STAY_ENDED, PINLESS_NEEDS_AUTH.
std::vector<Refusal> RefusalsOfCard(const Question& question);

// Each kind asked for, in the order of making: VALID_CERTIFICATE_PRESENT (S1), RENEWAL_TOO_EARLY
// (S10), UNDER_FIFTEEN, ADULT_WARD, PINLESS_NO_SIGNATURE, SIGNATURE_NEEDS_AUTH. A renewal of what
// is not valid is an issue (S16).
std::vector<KindFinding> JudgeKinds(const certs::CardProfile& profile, const Question& question);

// What may be made today, in the order of making, if all of it may be; else the first refusal.
absl::StatusOr<std::vector<ToMake>> MayMake(const certs::CardProfile& profile,
                                            const Question& question);

}  // namespace jpkid::rules
