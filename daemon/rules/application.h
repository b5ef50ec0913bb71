#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "daemon/certs/certs.h"

namespace jpkid::rules {

enum class Procedure { kIssue, kRenew };

// Who stands at the counter.
enum class Applicant {
  kHolder,
  kVoluntaryProxy,       // 任意代理人
  kLegalRepresentative,  // 法定代理人
};

// Under which status a person resides; decides whether the end of the stay ends a certificate
// (S12).
enum class ResidenceStatus {
  kJapanese,
  kPermanentResident,
  kSpecialPermanentResident,
  kHighlySkilledProfessional2,
  kMidToLongTerm,    // 中長期在留者 but for the two above.
  kStayByBirth,      // 出生による経過滞在者
  kTemporaryRefuge,  // 一時庇護許可者
  kProvisionalStay,  // 仮滞在許可者
};

// "issue", "voluntary-proxy", "mid-to-long-term": as options, files and messages write them.
absl::string_view Name(Procedure procedure);
absl::string_view Name(Applicant applicant);
absl::string_view Name(ResidenceStatus status);

// ARGUMENT_INVALID for anything else.
absl::StatusOr<Procedure> ParseProcedure(absl::string_view name);
absl::StatusOr<Applicant> ParseApplicant(absl::string_view name);
absl::StatusOr<ResidenceStatus> ParseResidenceStatus(absl::string_view name);

// Whether certificates of people with this status end with their period of stay (S12).
bool EndsWithStay(ResidenceStatus status);

// What is applied for, by whom, for which card. Dates are those of Asia/Tokyo; an expiry is the
// last day on which something is valid.
struct Application {
  Procedure procedure = Procedure::kIssue;
  std::vector<certs::Kind> kinds;  // At least one; in any order.
  Applicant applicant = Applicant::kHolder;
  std::string window = {};  // As the municipality's file names it. Empty: its first.
  absl::CivilDay birth_date;
  std::string card_profile = {};  // As certs::CardProfile names it. Empty: that of today.
  std::optional<absl::CivilDay> card_expiry = {};  // None: nobody has looked at the card yet.
  std::optional<absl::CivilDay> auth_expiry = {};  // Of the one on the card; none: there is none.
  std::optional<absl::CivilDay> signature_expiry = {};  // The same.
  bool holds_signature = false;  // Also where its last day is not known: it is behind the PIN.
  std::vector<certs::Kind> revoked_kinds = {};  // Not valid, whatever their last day.
  ResidenceStatus residence_status = ResidenceStatus::kJapanese;
  std::optional<absl::CivilDay> stay_until = {};
  bool first_issue = false;      // The card never had certificates: there are no previous PINs.
  bool has_notice_form = false;  // The filled-in, sealed form of the expiry notice (S11, S17).
  bool pinless_card = false;     // 顔認証カード
  std::vector<certs::Kind> reset_pins = {};  // PINs that are not known or are locked.
  bool adult_ward = false;                   // 成年被後見人
  bool same_household = false;               // The applicant lives in the holder's household.
  bool has_appointment = false;
  bool not_registered = false;  // The holder is no resident here (S1).
};

}  // namespace jpkid::rules
