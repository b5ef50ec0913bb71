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
  Applicant applicant = Applicant::kHolder;
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

  friend bool operator==(const KindFinding&, const KindFinding&) = default;
};

// Then there is no signature certificate, and the legal representative applies.
bool IsUnderFifteen(absl::CivilDay today, absl::CivilDay birth_date, LeapDayBirthday leap);

// Whether the card holds a valid certificate of a kind that is asked for.
bool AnyValid(const Question& question);

// A signature certificate names its holder, so that the card tells its last day only after its PIN.
// Until then it is taken to end with the auth certificate, as most do: that is added to `held`.
// Nothing is added where there is no auth certificate.
void AddHiddenSignature(std::vector<HeldCertificate>& held);

// What keeps the applicant or the card from being served at all: REPRESENTATIVE_NEEDED,
// CARD_EXPIRED, STAY_ENDED, PINLESS_NEEDS_AUTH.
std::vector<Refusal> RefusalsOfAll(const Question& question);

// Each kind asked for, in the order of making: VALID_CERTIFICATE_PRESENT (S1), RENEWAL_TOO_EARLY
// (S10), CERTIFICATE_ABSENT, UNDER_FIFTEEN, ADULT_WARD, PINLESS_NO_SIGNATURE. A renewal of what is
// not valid is an issue (S16).
std::vector<KindFinding> JudgeKinds(const certs::CardProfile& profile, const Question& question);

// All refusals of `findings`; what is absent says the least and stands last.
std::vector<Refusal> RefusalsOf(const std::vector<KindFinding>& findings);

// The same answer at the card, where something is made or nothing: the findings of JudgeKinds, of
// which one at least is to be made. Otherwise the first refusal; TWO_VISITS_NEEDED where a proxy
// who comes once would get an issue (S16).
absl::StatusOr<std::vector<KindFinding>> MayMake(const certs::CardProfile& profile,
                                                 const Question& question);

}  // namespace jpkid::rules
