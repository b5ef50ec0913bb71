#include "daemon/rules/input.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

#include "base/status.h"

namespace jpkid::rules {
namespace {

using certs::Kind;

absl::Status Invalid(absl::string_view field, absl::string_view detail) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", std::string(field)}, {"detail", std::string(detail)}});
}

bool Contains(const std::vector<Kind>& kinds, Kind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

absl::Status CheckAfterBirth(absl::string_view field, std::optional<absl::CivilDay> day,
                             absl::CivilDay birth_date) {
  if (!day.has_value() || *day > birth_date) return absl::OkStatus();
  return Invalid(field, "is not after the date of birth");
}

// What is said of the certificates on the card fits together.
absl::Status CheckHeld(const Application& application) {
  const bool signature = application.signature_expiry.has_value() || application.holds_signature;
  const bool any =
      signature || application.auth_expiry.has_value() || !application.revoked_kinds.empty();
  if (application.first_issue && any) {
    return Invalid("first_issue", "but the card holds a certificate");
  }
  if (application.holds_signature && !application.signature_expiry.has_value() &&
      !application.auth_expiry.has_value()) {
    return Invalid("signature_expiry",
                   "is needed: there is no auth certificate that it could end with");
  }
  return absl::OkStatus();
}

std::vector<HeldCertificate> HeldBy(const Application& application) {
  std::vector<HeldCertificate> held;
  for (const Kind kind : certs::kAllKinds) {
    const std::optional<absl::CivilDay>& expiry =
        kind == Kind::kAuth ? application.auth_expiry : application.signature_expiry;
    if (!expiry.has_value()) continue;
    held.push_back({.kind = kind, .expiry = *expiry});
  }
  if (application.holds_signature && !application.signature_expiry.has_value()) {
    AddHiddenSignature(held);
  }
  for (HeldCertificate& one : held) {
    one.revoked = one.revoked || Contains(application.revoked_kinds, one.kind);
  }
  // Its last day need not be known any more.
  for (const Kind kind : application.revoked_kinds) {
    const bool known = std::any_of(held.begin(), held.end(),
                                   [kind](const HeldCertificate& one) { return one.kind == kind; });
    if (!known) held.push_back({.kind = kind, .expiry = {}, .revoked = true});
  }
  return held;
}

}  // namespace

absl::Status CheckApplication(const Application& application, absl::CivilDay today) {
  if (application.kinds.empty()) return Invalid("kinds", "none is named");
  for (const Kind kind : certs::kAllKinds) {
    if (std::count(application.kinds.begin(), application.kinds.end(), kind) > 1) {
      return Invalid("kinds", absl::StrCat(certs::Name(kind), " is named twice"));
    }
  }
  JPKID_RETURN_IF_ERROR(CheckHeld(application));
  if (application.birth_date > today) return Invalid("birth_date", "is in the future");
  const struct {
    absl::string_view field;
    std::optional<absl::CivilDay> day;
  } dates[] = {{"card_expiry", application.card_expiry},
               {"auth_expiry", application.auth_expiry},
               {"signature_expiry", application.signature_expiry},
               {"stay_until", application.stay_until}};
  for (const auto& [field, day] : dates) {
    JPKID_RETURN_IF_ERROR(CheckAfterBirth(field, day, application.birth_date));
  }
  if (EndsWithStay(application.residence_status) && !application.stay_until.has_value()) {
    return Fail(Reason::kStayDateMissing);
  }
  return absl::OkStatus();
}

Question QuestionOf(const Application& application, absl::CivilDay today, LeapDayBirthday leap) {
  Question question = {.procedure = application.procedure,
                       .applicant = application.applicant,
                       .today = today,
                       .birth_date = application.birth_date,
                       // What nobody has looked at limits nothing yet; the card will be asked.
                       .card_expiry = application.card_expiry.value_or(absl::CivilDay::max()),
                       .kinds = application.kinds,
                       .held = HeldBy(application),
                       .leap = leap,
                       .pinless_card = application.pinless_card,
                       .adult_ward = application.adult_ward};
  if (EndsWithStay(application.residence_status)) question.end_of_stay = application.stay_until;
  return question;
}

}  // namespace jpkid::rules
