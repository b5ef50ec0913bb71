#include "daemon/rules/eligibility.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "base/status.h"

namespace jpkid::rules {
namespace {

constexpr int kAgeOfSignature = 15;

// Valid to the end of its last day.
bool IsValid(const HeldCertificate& certificate, absl::CivilDay today) {
  return !certificate.revoked && certificate.expiry >= today;
}

std::optional<absl::CivilDay> ValidExpiry(const IssueQuestion& question, certs::Kind kind) {
  for (const HeldCertificate& held : question.held) {
    if (held.kind == kind && IsValid(held, question.today)) return held.expiry;
  }
  return std::nullopt;
}

bool AsksFor(const IssueQuestion& question, certs::Kind kind) {
  return std::find(question.kinds.begin(), question.kinds.end(), kind) != question.kinds.end();
}

}  // namespace

absl::StatusOr<std::vector<ExpiryToCome>> MayIssue(const certs::CardProfile& profile,
                                                   const IssueQuestion& question) {
  if (question.card_expiry < question.today) {
    return Fail(Reason::kCardExpired, {{"date", absl::FormatCivilTime(question.card_expiry)}});
  }
  for (const certs::Kind kind : question.kinds) {
    if (const auto expiry = ValidExpiry(question, kind)) {
      return Fail(Reason::kValidCertificatePresent, {{"kind", std::string(certs::Name(kind))},
                                                     {"date", absl::FormatCivilTime(*expiry)}});
    }
  }
  ExpiryFacts facts = {.issue_day = question.today,
                       .birth_date = question.birth_date,
                       .card_expiry = question.card_expiry,
                       .leap = question.leap};
  std::vector<ExpiryToCome> expiries;
  if (AsksFor(question, certs::Kind::kAuth)) {
    facts.auth_expiry = IssueExpiry(certs::Kind::kAuth, profile, facts);
    expiries.push_back({certs::Kind::kAuth, *facts.auth_expiry});
  } else {
    facts.auth_expiry = ValidExpiry(question, certs::Kind::kAuth);
  }
  if (!AsksFor(question, certs::Kind::kSignature)) return expiries;
  if (AgeOn(question.today, question.birth_date, question.leap) < kAgeOfSignature) {
    return Fail(Reason::kUnderFifteen);
  }
  if (!facts.auth_expiry.has_value()) return Fail(Reason::kSignatureNeedsAuth);
  expiries.push_back(
      {certs::Kind::kSignature, IssueExpiry(certs::Kind::kSignature, profile, facts)});
  return expiries;
}

}  // namespace jpkid::rules
