// After a failure or a cancellation: the card and the authority's book are brought into agreement.
// What came into force by then is settled by the steps of the course itself (Confirm, RevokeOld).

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/ca/certificate.h"
#include "daemon/runner/steps.h"

namespace jpkid::runner {
namespace {

// The card is asked only if it is there: an empty slot is tidy, a full one does no harm and is
// overwritten by the next operation.
constexpr absl::Duration kWaitForCard = absl::Seconds(2);
constexpr int kTries = 3;

}  // namespace

// An ACTIVATE whose answer was lost, and which is not repeated because its PIN is locked: what is
// no longer pending has come into force. No PIN is needed to see it.
absl::Status Steps::LookInForce() {
  JPKID_ASSIGN_OR_RETURN(const card::PendingSlots slots,
                         turn_.Ask<card::PendingSlots>([](hal::Card&, CardTurn::AtReader& at) {
                           return at.personalisation->ReadPending();
                         }));
  if (slots.of(kind()).state != card::Pending::State::kNothing) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(const bool in_force, IsShownOrSaidInForce());
  if (!in_force) return absl::OkStatus();
  work().set_activated(true);
  journal_.Note(events::Event::ACTIVATED, work().kind());
  return absl::OkStatus();
}

// The signature certificate names its holder, so that the card shows it only behind its PIN. Where
// that is locked, the new one has come into force unless it was revoked: a store that was restored
// may be behind an undoing.
absl::StatusOr<bool> Steps::IsShownOrSaidInForce() {
  const std::string& serial = work().serial_number();
  if (kind() == certs::Kind::kAuth || turn_.Unlocked(kind())) return IsInForce(serial);
  if (!turn_.identity().present(kind())) return false;
  JPKID_ASSIGN_OR_RETURN(const ca::BookEntry entry, parts_.authority.StatusOf(kind(), serial));
  return entry.state != ca::BookEntry::State::kRevoked;
}

absl::Status Steps::DropPending() {
  if (work().activated()) return absl::OkStatus();
  if (work().old_dropped()) turn_.End();  // It began before the certificate was gone.
  absl::Status status;
  for (int i = 0; i < kTries; ++i) {
    status = turn_.Begin(journal_.record().card_serial(), SteadyNow() + kWaitForCard, nullptr,
                         [](int) {});
    if (status.ok()) {
      status = turn_.Do([kind = kind()](hal::Card&, CardTurn::AtReader& at) {
        return at.personalisation->Drop(kind);
      });
    }
    if (status.ok()) {
      work().set_old_gone(work().old_dropped() && !turn_.identity().present(kind()));
      work().set_old_dropped(work().old_gone());  // What the card still shows it did not drop.
      return absl::OkStatus();
    }
    turn_.End();
  }
  LogWarning("operations/%s leaves card %s as it is, with a pending key%s: %s",
             journal_.record().id(), journal_.record().card_serial(),
             work().old_dropped() ? "; its old certificate may stay valid without a key" : "",
             std::string(status.message()));
  return absl::OkStatus();
}

absl::Status Steps::RevokeNew() {
  store::CertificateWork& certificate = work();
  if (certificate.activated() || certificate.revoked() || !certificate.submitted()) {
    return absl::OkStatus();
  }
  if (!certificate.issued()) {
    // The authority may have issued although its answer never came: asked with the same transaction
    // it tells.
    JPKID_ASSIGN_OR_RETURN(const ca::IssueRequest request, RequestOf(certificate));
    const absl::StatusOr<ca::Answer> answer = parts_.authority.Submit(request);
    if (FailedFor(answer.status(), Reason::kCaRejected)) return absl::OkStatus();
    JPKID_RETURN_IF_ERROR(answer.status());
    if (const auto* waiting = std::get_if<ca::Waiting>(&*answer)) {
      poll_after_ = waiting->poll_after;
      return Fail(Reason::kCaUnavailable, {{"detail", "it has not decided yet"}});
    }
    JPKID_ASSIGN_OR_RETURN(const ca::Certificate read,
                           ca::ReadCertificate(std::get<ca::Issued>(*answer).certificate));
    certificate.set_serial_number(read.serial);
    certificate.set_issued(true);
  }
  if (journal_.record().restored()) {
    JPKID_ASSIGN_OR_RETURN(const bool in_force, IsInForce(certificate.serial_number()));
    certificate.set_activated(in_force);
    if (in_force) return absl::OkStatus();
  }
  JPKID_RETURN_IF_ERROR(parts_.authority.Revoke(kind(), certificate.serial_number(),
                                                ca::RevocationReason::kCessationOfOperation));
  certificate.set_revoked(true);
  return absl::OkStatus();
}

}  // namespace jpkid::runner
