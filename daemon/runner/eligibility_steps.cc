// May the holder have the certificates, and until when: asked again at the card, with what it
// holds.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "daemon/rules/rules.h"
#include "daemon/runner/steps.h"

namespace jpkid::runner {
namespace {

using events::Event;

constexpr certs::Kind kSignature = certs::Kind::kSignature;

// What the clerk should know before it goes on.
class Remarks {
 public:
  // `event` outlives this object.
  explicit Remarks(Event& event) : event_(event) {}

  void Add(Reason reason, const ReasonMetadata& metadata) {
    const std::string name = absl::StrCat("remark.", count_++);
    (*event_.mutable_values())[name] = std::string(Row(reason).code);
    for (const auto& [key, value] : metadata) {
      (*event_.mutable_values())[absl::StrCat(name, ".", key)] = value;
    }
  }

 private:
  Event& event_;
  int count_ = 0;
};

bool SamePromise(const store::CertificateWork& one, const store::CertificateWork& other) {
  return one.kind() == other.kind() && one.expiry_date() == other.expiry_date();
}

}  // namespace

// A certificate on the card, and its number in the authority's book.
struct Steps::Held {
  rules::HeldCertificate certificate;
  std::string serial_number;
};

absl::Status Steps::CheckEligibility() {
  JPKID_ASSIGN_OR_RETURN(const std::vector<Held> held, ReadHeld());
  return Judge(held);
}

// The signature certificate names its holder, so that the card shows it only after its PIN: the
// question is asked once more with it.
absl::Status Steps::CheckHeldSignature() {
  if (!turn_.Unlocked(kSignature) || !turn_.identity().present(kSignature)) {
    return absl::OkStatus();
  }
  JPKID_ASSIGN_OR_RETURN(const std::vector<Held> held, ReadHeld());
  return Judge(held);
}

// What the card shows of its certificates.
absl::StatusOr<std::vector<Steps::Held>> Steps::ReadHeld() {
  std::vector<Held> held;
  for (const certs::Kind kind : certs::kAllKinds) {
    if (!turn_.identity().present(kind)) continue;
    if (kind == kSignature && !turn_.Unlocked(kind)) continue;
    JPKID_ASSIGN_OR_RETURN(held.emplace_back(), ReadHeld(kind));
  }
  return held;
}

absl::StatusOr<Bytes> Steps::ReadCurrent(certs::Kind kind) {
  return turn_.Ask<Bytes>([kind](hal::Card& card, CardTurn::AtReader&) {
    return card::JpkiCard(card).ReadCertificate(kind, card::CertificateFile::kOwn);
  });
}

absl::StatusOr<Steps::Held> Steps::ReadHeld(certs::Kind kind) {
  JPKID_ASSIGN_OR_RETURN(const Bytes der, ReadCurrent(kind));
  const absl::StatusOr<ca::Certificate> certificate = ca::ReadCertificate(der);
  if (!certificate.ok()) {
    return Fail(Reason::kCardAnswerInvalid,
                {{"command", "READ BINARY"}, {"detail", "the certificate on it is none"}});
  }
  JPKID_ASSIGN_OR_RETURN(const ca::BookEntry entry,
                         parts_.authority.StatusOf(kind, certificate->serial));
  return Held{.certificate = {.kind = kind,
                              .expiry = rules::TokyoDay(certificate->not_after),
                              .revoked = entry.state == ca::BookEntry::State::kRevoked},
              .serial_number = certificate->serial};
}

// The card was free while PINs were awaited, and a store that was restored from a backup is behind
// its cards. What came into force meanwhile is not replaced without being revoked.
absl::Status Steps::CheckStillHeld() {
  const bool hidden = kind() == kSignature && !turn_.Unlocked(kSignature);
  if (hidden || !turn_.identity().present(kind())) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(const bool same, IsInForce(work().old_serial_number()));
  if (same) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(const Held held, ReadHeld(kind()));
  const bool ended = held.certificate.expiry < rules::TokyoDay(parts_.clock.Now());
  if (ended || held.certificate.revoked) return absl::OkStatus();
  return Fail(Reason::kValidCertificatePresent,
              {{"kind", work().kind()}, {"date", absl::FormatCivilTime(held.certificate.expiry)}});
}

absl::StatusOr<rules::Question> Steps::Question() {
  const store::OperationRecord& record = journal_.record();
  JPKID_ASSIGN_OR_RETURN(const ca::Holder holder, Holder());
  rules::Question question = {.procedure = record.type() == rules::Name(rules::Procedure::kRenew)
                                               ? rules::Procedure::kRenew
                                               : rules::Procedure::kIssue,
                              .applicant = {},
                              .today = rules::TokyoDay(parts_.clock.Now()),
                              .birth_date = holder.birth_date,
                              .card_expiry = turn_.identity().card_expiry,
                              .kinds = {},
                              .leap = limits_.leap};
  JPKID_ASSIGN_OR_RETURN(question.applicant, rules::ParseApplicant(record.applicant()));
  question.pinless_card = record.pinless_card();
  question.adult_ward = record.adult_ward();
  question.two_visits = record.two_visits();
  if (!record.end_of_stay().empty()) {
    absl::CivilDay day;
    if (!absl::ParseCivilTime(record.end_of_stay(), &day)) {
      return Fail(Reason::kInternal, {{"detail", "the end of stay in the store is no date"}});
    }
    question.end_of_stay = day;
  }
  for (const std::string& name :
       record.requested_kinds().empty() ? record.kinds() : record.requested_kinds()) {
    JPKID_ASSIGN_OR_RETURN(question.kinds.emplace_back(), certs::ParseKind(name));
  }
  return question;
}

// Whom to ask stands with what the rules refuse (S19).
absl::Status Steps::WithOffice(absl::Status refusal) const {
  for (const auto& [name, value] : limits_.where_to_ask) {
    refusal = WithMetadata(refusal, name, value);
  }
  return refusal;
}

absl::Status Steps::Judge(const std::vector<Held>& held) {
  JPKID_ASSIGN_OR_RETURN(rules::Question question, Question());
  for (const Held& one : held) question.held.push_back(one.certificate);
  const bool hidden = turn_.identity().present(kSignature) && !turn_.Unlocked(kSignature);
  const bool renews = hidden && question.procedure == rules::Procedure::kRenew;
  // Asked for alone it waits for its PIN; what else would keep it from being renewed is said now.
  const bool waits = renews && question.kinds == std::vector<certs::Kind>{kSignature};
  if (waits) {
    question.held.push_back({.kind = kSignature, .expiry = question.today});
  } else if (renews) {
    rules::AddHiddenSignature(question.held);
  }
  // It is none, and the PIN that its holder knows would be replaced unseen.
  if (question.pinless_card && turn_.identity().present(kSignature)) {
    return WithOffice(Fail(Reason::kPinlessNoSignature));
  }
  const auto findings = rules::MayMake(profile(), question);
  if (!findings.ok()) return WithOffice(findings.status());
  if (!waits) Plan(*findings, held);
  return absl::OkStatus();
}

// What is made goes into the record; what it will be is told, and again where that has changed.
void Steps::Plan(const std::vector<rules::KindFinding>& findings, const std::vector<Held>& held) {
  store::OperationRecord& record = journal_.record();
  const auto before = record.work();
  record.clear_work();
  record.clear_kinds();
  Event event;
  Remarks remarks(event);
  for (const rules::Refusal& refusal : rules::RefusalsOf(findings)) {
    remarks.Add(refusal.reason, refusal.metadata);
  }
  for (const rules::KindFinding& finding : findings) {
    if (!finding.to_make.has_value()) continue;
    record.add_kinds(std::string(certs::Name(finding.kind)));
    store::CertificateWork& work = *record.add_work();
    work.set_kind(record.kinds(record.kinds_size() - 1));
    work.set_expiry_date(absl::FormatCivilTime(finding.to_make->expiry));
    (*event.mutable_values())[absl::StrCat("expiry.", work.kind())] = work.expiry_date();
    const auto old = std::find_if(held.begin(), held.end(), [&](const Held& other) {
      return other.certificate.kind == finding.kind;
    });
    if (finding.to_make->replaces_valid && old != held.end()) {
      work.set_old_serial_number(old->serial_number);
    }
    if (!profile().staged && turn_.identity().present(finding.kind)) {
      remarks.Add(Reason::kOldDroppedWithKey, {{"kind", work.kind()}});
    }
  }
  const bool same = std::equal(before.begin(), before.end(), record.work().begin(),
                               record.work().end(), SamePromise);
  if (!same) *journal_.Note(Event::ELIGIBLE).mutable_values() = event.values();
}

}  // namespace jpkid::runner
