#include "daemon/rules/eligibility.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "base/status.h"

namespace jpkid::rules {
namespace {

using certs::Kind;

constexpr int kAgeOfSignature = 15;
constexpr int kMajority = 18;

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

bool IsUnderFifteen(const Question& question) {
  return IsUnderFifteen(question.today, question.birth_date, question.leap);
}

// A guardian's ward. An adult for whom a legal representative comes is one.
bool IsWard(const Question& question) {
  return question.adult_ward ||
         (question.applicant == Applicant::kLegalRepresentative &&
          AgeOn(question.today, question.birth_date, question.leap) >= kMajority);
}

// A renewal is of what is there: while the card holds a valid certificate of one kind asked for, a
// kind that it never held is left out.
bool IsLeftOutAsAbsent(const Question& question, Kind kind) {
  return question.procedure == Procedure::kRenew && AnyValid(question) &&
         std::none_of(question.held.begin(), question.held.end(),
                      [kind](const HeldCertificate& held) { return held.kind == kind; });
}

std::vector<Refusal> RefusalsOfSignature(const Question& question) {
  std::vector<Refusal> refusals;
  if (IsUnderFifteen(question)) refusals.push_back({Reason::kUnderFifteen, {}});
  if (IsWard(question)) refusals.push_back({Reason::kAdultWard, {}});
  if (question.pinless_card) refusals.push_back({Reason::kPinlessNoSignature, {}});
  return refusals;
}

KindFinding JudgeKind(const certs::CardProfile& profile, const Question& question, Kind kind,
                      std::optional<absl::CivilDay> auth_expiry) {
  KindFinding finding = {.kind = kind};
  if (IsLeftOutAsAbsent(question, kind)) {
    finding.refusals.push_back({Reason::kCertificateAbsent, {{"kind", NameOf(kind)}}});
    return finding;
  }
  if (kind == Kind::kSignature) finding.refusals = RefusalsOfSignature(question);
  if (auto refusal = RefusalByHeld(profile, question, kind)) {
    finding.refusals.push_back(*std::move(refusal));
  }
  if (!finding.refusals.empty()) return finding;
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

// The first refusal is the reason, the others are told with it.
absl::Status Refused(const std::vector<Refusal>& refusals) {
  ReasonMetadata metadata = refusals.front().metadata;
  for (std::size_t i = 1; i < refusals.size(); ++i) {
    for (const auto& [name, language] :
         {std::pair("also", Language::kEnglish), std::pair("also_ja", Language::kJapanese)}) {
      absl::StrAppend(&metadata[name], i == 1 ? "" : "\n",
                      Text(refusals[i].reason, refusals[i].metadata, language));
    }
  }
  return Fail(refusals.front().reason, std::move(metadata));
}

}  // namespace

bool IsUnderFifteen(absl::CivilDay today, absl::CivilDay birth_date, LeapDayBirthday leap) {
  return AgeOn(today, birth_date, leap) < kAgeOfSignature;
}

bool AnyValid(const Question& question) {
  return std::any_of(question.kinds.begin(), question.kinds.end(),
                     [&](Kind kind) { return ValidExpiry(question, kind).has_value(); });
}

void AddHiddenSignature(std::vector<HeldCertificate>& held) {
  for (const HeldCertificate& one : held) {
    if (one.kind != Kind::kAuth) continue;
    HeldCertificate signature = one;
    signature.kind = Kind::kSignature;
    held.push_back(signature);
    return;
  }
}

std::vector<Refusal> RefusalsOfAll(const Question& question) {
  std::vector<Refusal> refusals;
  if ((IsWard(question) || IsUnderFifteen(question)) &&
      question.applicant != Applicant::kLegalRepresentative) {
    refusals.push_back({Reason::kRepresentativeNeeded, {}});
  }
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

std::vector<Refusal> RefusalsOf(const std::vector<KindFinding>& findings) {
  std::vector<Refusal> refusals;
  for (const KindFinding& finding : findings) {
    refusals.insert(refusals.end(), finding.refusals.begin(), finding.refusals.end());
  }
  std::stable_partition(refusals.begin(), refusals.end(), [](const Refusal& refusal) {
    return refusal.reason != Reason::kCertificateAbsent;
  });
  return refusals;
}

absl::StatusOr<std::vector<KindFinding>> MayMake(const certs::CardProfile& profile,
                                                 const Question& question) {
  for (const Refusal& refusal : RefusalsOfAll(question)) {
    return Fail(refusal.reason, refusal.metadata);
  }
  std::vector<KindFinding> findings = JudgeKinds(profile, question);
  const auto is_made = [](const KindFinding& one) { return one.to_make.has_value(); };
  if (std::none_of(findings.begin(), findings.end(), is_made)) {
    return Refused(RefusalsOf(findings));
  }
  const bool issues = std::any_of(findings.begin(), findings.end(), [](const KindFinding& one) {
    return one.to_make.has_value() && !one.to_make->replaces_valid;
  });
  const bool renews_once = question.procedure == Procedure::kRenew && !question.two_visits;
  if (issues && renews_once && question.applicant == Applicant::kVoluntaryProxy) {
    return Fail(Reason::kTwoVisitsNeeded);
  }
  return findings;
}

}  // namespace jpkid::rules
