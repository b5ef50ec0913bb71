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
                              .today = rules::TokyoDay(parts_.clock.Now()),
                              .birth_date = holder.birth_date,
                              .card_expiry = turn_.identity().card_expiry,
                              .kinds = {}};
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
  for (const std::string& name : record.kinds()) {
    JPKID_ASSIGN_OR_RETURN(question.kinds.emplace_back(), certs::ParseKind(name));
  }
  return question;
}

absl::Status Steps::Judge(const std::vector<Held>& held) {
  JPKID_ASSIGN_OR_RETURN(rules::Question question, Question());
  for (const Held& one : held) question.held.push_back(one.certificate);
  const bool hidden = turn_.identity().present(kSignature) && !turn_.Unlocked(kSignature);
  if (hidden && question.procedure == rules::Procedure::kRenew) {
    // Until its PIN opens it, it is taken to end with the auth certificate, as most do; judged
    // alone it waits.
    if (question.kinds == std::vector<certs::Kind>{kSignature}) return absl::OkStatus();
    if (!held.empty()) {
      question.held.push_back(held.front().certificate);
      question.held.back().kind = kSignature;
    }
  }
  JPKID_ASSIGN_OR_RETURN(const std::vector<rules::ToMake> certificates,
                         rules::MayMake(certs::CardProfiles().front(), question));
  store::OperationRecord& record = journal_.record();
  const auto before = record.work();
  record.clear_work();
  Event event;
  bool changed = static_cast<std::size_t>(before.size()) != certificates.size();
  for (const rules::ToMake& one : certificates) {
    store::CertificateWork& work = *record.add_work();
    work.set_kind(std::string(certs::Name(one.kind)));
    work.set_expiry_date(absl::FormatCivilTime(one.expiry));
    changed = changed || before[record.work_size() - 1].expiry_date() != work.expiry_date();
    (*event.mutable_values())[absl::StrCat("expiry.", work.kind())] = work.expiry_date();
    const auto old = std::find_if(held.begin(), held.end(), [&](const Held& other) {
      return other.certificate.kind == one.kind;
    });
    if (one.replaces_valid && old != held.end()) work.set_old_serial_number(old->serial_number);
  }
  if (changed) *journal_.Note(Event::ELIGIBLE).mutable_values() = event.values();
  return absl::OkStatus();
}

}  // namespace jpkid::runner
