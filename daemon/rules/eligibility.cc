#include "daemon/rules/eligibility.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/time.h"

#include "base/status.h"

namespace jpkid::rules {
namespace {

using certs::Kind;

constexpr int kAgeOfSignature = 15;

std::string Date(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::string NameOf(Kind kind) { return std::string(certs::Name(kind)); }

// Valid to the end of its last day.
std::optional<absl::CivilDay> ValidExpiry(const Question& question, Kind kind) {
  for (const HeldCertificate& held : question.held) {
    if (held.kind == kind && !held.revoked && held.expiry >= question.today) return held.expiry;
  }
  return std::nullopt;
}

bool AsksFor(const Question& question, Kind kind) {
  return std::find(question.kinds.begin(), question.kinds.end(), kind) != question.kinds.end();
}

// Why the kind cannot be made while the card holds a valid one.
std::optional<Refusal> RefusalByHeld(const certs::CardProfile& profile, const Question& question,
                                     Kind kind) {
  const std::optional<absl::CivilDay> expiry = ValidExpiry(question, kind);
  if (!expiry.has_value()) return std::nullopt;
  ReasonMetadata metadata = {{"kind", NameOf(kind)}, {"date", Date(*expiry)}};
  if (question.procedure == Procedure::kIssue) {
    return Refusal{Reason::kValidCertificatePresent, std::move(metadata)};
  }
  const absl::CivilDay opens = RenewalOpens(profile, *expiry);
  if (question.today >= opens) return std::nullopt;
  metadata["opens"] = Date(opens);
  return Refusal{Reason::kRenewalTooEarly, std::move(metadata)};
}

std::vector<Refusal> RefusalsOfSignature(const Question& question) {
  std::vector<Refusal> refusals;
  if (IsUnderFifteen(question.today, question.birth_date, question.leap)) {
    refusals.push_back({Reason::kUnderFifteen, {}});
  }
  if (question.adult_ward) refusals.push_back({Reason::kAdultWard, {}});
  if (question.pinless_card) refusals.push_back({Reason::kPinlessNoSignature, {}});
  return refusals;
}

KindFinding JudgeKind(const certs::CardProfile& profile, const Question& question, Kind kind,
                      std::optional<absl::CivilDay> auth_expiry) {
  KindFinding finding = {.kind = kind};
  if (kind == Kind::kSignature) finding.refusals = RefusalsOfSignature(question);
  if (auto refusal = RefusalByHeld(profile, question, kind)) {
    finding.refusals.push_back(*std::move(refusal));
  }
  if (!finding.refusals.empty()) return finding;
  if (kind == Kind::kSignature && !auth_expiry.has_value()) {
    finding.refusals.push_back({Reason::kSignatureNeedsAuth, {}});
    return finding;
  }
  const std::optional<absl::CivilDay> renewed = ValidExpiry(question, kind);
  const Expiry expiry = ExpiryOf(kind, profile,
                                 {.issue_day = question.today,
                                  .birth_date = question.birth_date,
                                  .card_expiry = question.card_expiry,
                                  .end_of_stay = question.end_of_stay,
                                  .auth_expiry = auth_expiry,
                                  .renewed = question.two_visits ? std::nullopt : renewed,
                                  .leap = question.leap});
  finding.to_make = ToMake{.kind = kind,
                           .expiry = expiry.day,
                           .replaces_valid = renewed.has_value(),
                           .limit = expiry.limit};
  return finding;
}

}  // namespace

bool IsUnderFifteen(absl::CivilDay today, absl::CivilDay birth_date, LeapDayBirthday leap) {
  return AgeOn(today, birth_date, leap) < kAgeOfSignature;
}

std::vector<Refusal> RefusalsOfCard(const Question& question) {
  std::vector<Refusal> refusals;
  if (question.card_expiry < question.today) {
    refusals.push_back({Reason::kCardExpired, {{"date", Date(question.card_expiry)}}});
  }
  if (question.end_of_stay.has_value() && *question.end_of_stay < question.today) {
    refusals.push_back({Reason::kStayEnded, {{"date", Date(*question.end_of_stay)}}});
  }
  if (question.pinless_card && !AsksFor(question, Kind::kAuth) &&
      !ValidExpiry(question, Kind::kAuth).has_value()) {
    refusals.push_back({Reason::kPinlessNeedsAuth, {}});
  }
  return refusals;
}

std::vector<KindFinding> JudgeKinds(const certs::CardProfile& profile, const Question& question) {
  std::vector<KindFinding> findings;
  std::optional<absl::CivilDay> auth_expiry = ValidExpiry(question, Kind::kAuth);
  for (const Kind kind : certs::kAllKinds) {
    if (!AsksFor(question, kind)) continue;
    findings.push_back(JudgeKind(profile, question, kind, auth_expiry));
    const std::optional<ToMake>& to_make = findings.back().to_make;
    if (kind == Kind::kAuth && to_make.has_value()) auth_expiry = to_make->expiry;
  }
  return findings;
}

absl::StatusOr<std::vector<ToMake>> MayMake(const certs::CardProfile& profile,
                                            const Question& question) {
  for (const Refusal& refusal : RefusalsOfCard(question)) {
    return Fail(refusal.reason, refusal.metadata);
  }
  std::vector<ToMake> all;
  for (const KindFinding& finding : JudgeKinds(profile, question)) {
    if (!finding.to_make.has_value()) {
      return Fail(finding.refusals.front().reason, finding.refusals.front().metadata);
    }
    all.push_back(*finding.to_make);
  }
  return all;
}

}  // namespace jpkid::rules
