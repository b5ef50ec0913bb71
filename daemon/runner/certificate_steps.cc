// The steps of one certificate, from its key to its proof.

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <openssl/rand.h>

#include "base/digest.h"
#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/request.h"
#include "daemon/rules/rules.h"
#include "daemon/runner/steps.h"

namespace jpkid::runner {
namespace {

using events::Event;

absl::StatusOr<Bytes> RandomBytes(std::size_t size) {
  Bytes bytes(size);
  if (RAND_bytes(bytes.data(), static_cast<int>(size)) != 1) {
    return Fail(Reason::kInternal, {{"detail", "no random numbers"}});
  }
  return bytes;
}

Bytes Octets(const std::string& text) { return ToBytes(AsBytes(text)); }
std::string Text(ByteView bytes) { return std::string(AsText(bytes)); }

std::string CertificateItem(absl::string_view kind) { return absl::StrCat("certificate.", kind); }
std::string AuthorityItem(absl::string_view kind) { return absl::StrCat("authority.", kind); }

}  // namespace

absl::Status Steps::MakeKey() {
  JPKID_RETURN_IF_ERROR(CheckStillHeld());
  store::CertificateWork& certificate = work();
  if (!profile().staged && turn_.identity().present(kind())) {
    certificate.set_old_dropped(true);
    JPKID_RETURN_IF_ERROR(journal_.Write());
  }
  JPKID_ASSIGN_OR_RETURN(const Bytes public_key,
                         turn_.Ask<Bytes>([kind = kind(), algorithm = profile().algorithm](
                                              hal::Card&, CardTurn::AtReader& at) {
                           return at.personalisation->MakeKeyPair(kind, algorithm);
                         }));
  JPKID_ASSIGN_OR_RETURN(const Bytes transaction_id, RandomBytes(16));
  certificate.set_public_key(Text(public_key));
  certificate.set_transaction_id(absl::AsciiStrToLower(ToHex(transaction_id)));
  const Bytes digest = Sha256(public_key);
  (*journal_.Note(Event::KEY_MADE, certificate.kind()).mutable_values())["public_key_sha256"] =
      ToHex(digest);
  return absl::OkStatus();
}

absl::Status Steps::SignRequest() {
  store::CertificateWork& certificate = work();
  const ca::RequestParts parts = {.algorithm = profile().algorithm,
                                  .public_key = Octets(certificate.public_key()),
                                  .common_name = certificate.transaction_id()};
  JPKID_ASSIGN_OR_RETURN(const Bytes input, ca::RequestSignatureInput(parts));
  JPKID_ASSIGN_OR_RETURN(
      const Bytes signature,
      turn_.Ask<Bytes>([kind = kind(), input](hal::Card&, CardTurn::AtReader& at) {
        return at.personalisation->SignWithPendingKey(kind, input);
      }));
  JPKID_ASSIGN_OR_RETURN(const Bytes request, ca::FinishRequest(parts, signature));
  certificate.set_request(Text(request));
  journal_.Note(Event::REQUEST_SIGNED, certificate.kind());
  return absl::OkStatus();
}

absl::StatusOr<ca::IssueRequest> Steps::RequestOf(const store::CertificateWork& certificate) {
  ca::IssueRequest request = {.transaction_id = certificate.transaction_id(),
                              .request = Octets(certificate.request()),
                              .last_day = {}};
  JPKID_ASSIGN_OR_RETURN(request.kind, certs::ParseKind(certificate.kind()));
  if (!absl::ParseCivilTime(certificate.expiry_date(), &request.last_day)) {
    return Fail(Reason::kInternal, {{"detail", "the expiry date in the store is none"}});
  }
  if (certs::Row(request.kind).personal_data) {
    JPKID_ASSIGN_OR_RETURN(request.holder, Holder());
    request.residence = limits_.residence;
  }
  return request;
}

absl::Status Steps::Submit() {
  store::CertificateWork& certificate = work();
  JPKID_ASSIGN_OR_RETURN(const ca::IssueRequest request, RequestOf(certificate));
  if (!certificate.submitted()) {
    certificate.set_submitted(true);
    (*journal_.Note(Event::CA_SUBMITTED, certificate.kind()).mutable_values())["transaction_id"] =
        certificate.transaction_id();
    // Told before it is done: whoever cancels or restarts now must know that the authority may have
    // the request.
    JPKID_RETURN_IF_ERROR(journal_.Write());
  }
  JPKID_ASSIGN_OR_RETURN(const ca::Answer answer, parts_.authority.Submit(request));
  if (const auto* waiting = std::get_if<ca::Waiting>(&answer)) {
    poll_after_ = waiting->poll_after;
    return Fail(Reason::kCaUnavailable, {{"detail", "it has not decided yet"}});
  }
  return TakeIssued(std::get<ca::Issued>(answer));
}

absl::Status Steps::TakeIssued(const ca::Issued& issued) {
  store::CertificateWork& certificate = work();
  absl::CivilDay last_day;
  if (!absl::ParseCivilTime(certificate.expiry_date(), &last_day)) {
    return Fail(Reason::kInternal, {{"detail", "the expiry date in the store is none"}});
  }
  const ca::Expected expected = {.kind = kind(),
                                 .public_key = Octets(certificate.public_key()),
                                 .not_after = certs::EndOfValidity(last_day)};
  JPKID_ASSIGN_OR_RETURN(const ca::Certificate read, ca::ReadCertificate(issued.certificate));
  // Before it is judged: a certificate that does not fit must be revoked, so its number is kept.
  certificate.set_serial_number(read.serial);
  certificate.set_issued(true);
  JPKID_RETURN_IF_ERROR(
      ca::CheckIssued(issued.certificate, issued.ca_certificate, expected, parts_.clock.Now()));
  JPKID_RETURN_IF_ERROR(
      journal_.PutPersonal(CertificateItem(certificate.kind()), issued.certificate));
  JPKID_RETURN_IF_ERROR(
      journal_.PutPersonal(AuthorityItem(certificate.kind()), issued.ca_certificate));
  certificate.set_issuer(read.issuer);
  certificate.set_subject(read.subject);
  certificate.set_not_before_us(absl::ToUnixMicros(read.not_before));
  certificate.set_not_after_us(absl::ToUnixMicros(read.not_after));
  (*journal_.Note(Event::CERTIFICATE_RECEIVED, certificate.kind())
        .mutable_values())["serial_number"] = read.serial;
  return absl::OkStatus();
}

absl::Status Steps::WriteCertificate() {
  JPKID_ASSIGN_OR_RETURN(const Bytes certificate, Stored(CertificateItem(work().kind())));
  JPKID_ASSIGN_OR_RETURN(const Bytes authority, Stored(AuthorityItem(work().kind())));
  std::size_t written = 0;
  const auto note = [&] {
    auto& values = *journal_.Note(Event::WRITING, work().kind()).mutable_values();
    values["bytes_written"] = absl::StrCat(written);
    values["bytes_total"] = absl::StrCat(certificate.size() + authority.size());
  };
  for (const auto& [file, content] : {std::pair(card::CertificateFile::kOwn, &certificate),
                                      std::pair(card::CertificateFile::kCa, &authority)}) {
    note();
    JPKID_RETURN_IF_ERROR(journal_.Write());
    JPKID_RETURN_IF_ERROR(UnlessInForce(turn_.Do(
        [kind = kind(), file = file, octets = *content](hal::Card&, CardTurn::AtReader& at) {
          return at.personalisation->WriteCertificate(kind, file, octets);
        })));
    written += content->size();
  }
  work().set_written(true);
  note();
  return absl::OkStatus();
}

// A store that was restored from a backup may be behind its card: what cannot be written any more,
// or read back, is in force. Otherwise `failure`.
absl::Status Steps::UnlessInForce(const absl::Status& failure) {
  if (!FailedFor(failure, Reason::kCardStatus) && !FailedFor(failure, Reason::kReadBackDiffers)) {
    return failure;
  }
  if (!journal_.record().restored()) return failure;
  JPKID_ASSIGN_OR_RETURN(const bool in_force, IsInForce(work().serial_number()));
  work().set_activated(in_force);
  return in_force ? absl::OkStatus() : failure;
}

absl::StatusOr<bool> Steps::IsInForce(absl::string_view serial_number) {
  if (!turn_.identity().present(kind())) return false;
  JPKID_ASSIGN_OR_RETURN(const Bytes current, ReadCurrent(kind()));
  const absl::StatusOr<ca::Certificate> certificate = ca::ReadCertificate(current);
  return certificate.ok() && certificate->serial == serial_number;
}

absl::Status Steps::ReadBack() {
  if (work().activated()) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(Bytes certificate, Stored(CertificateItem(work().kind())));
  JPKID_ASSIGN_OR_RETURN(Bytes authority, Stored(AuthorityItem(work().kind())));
  JPKID_RETURN_IF_ERROR(UnlessInForce(
      turn_.Do([kind = kind(), certificate = std::move(certificate),
                authority = std::move(authority)](hal::Card&, CardTurn::AtReader& at) {
        return at.personalisation->CheckWritten(kind, certificate, authority);
      })));
  journal_.Note(Event::READ_BACK, work().kind());
  return absl::OkStatus();
}

absl::Status Steps::Activate() {
  if (work().activated()) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(Bytes certificate, Stored(CertificateItem(work().kind())));
  JPKID_RETURN_IF_ERROR(turn_.Do([kind = kind(), certificate = std::move(certificate)](
                                     hal::Card& card, CardTurn::AtReader& at) -> absl::Status {
    JPKID_ASSIGN_OR_RETURN(const card::PendingSlots slots, at.personalisation->ReadPending());
    if (slots.of(kind).state == card::Pending::State::kNothing) {
      // An earlier try took effect and its answer was lost: the card shows which.
      JPKID_ASSIGN_OR_RETURN(const Bytes current, card::JpkiCard(card).ReadCertificate(
                                                      kind, card::CertificateFile::kOwn));
      if (current == certificate) return absl::OkStatus();
    }
    return at.personalisation->Activate(kind);
  }));
  work().set_activated(true);
  journal_.Note(Event::ACTIVATED, work().kind());
  return absl::OkStatus();
}

absl::Status Steps::Prove() {
  JPKID_ASSIGN_OR_RETURN(const Bytes challenge, RandomBytes(32));
  JPKID_ASSIGN_OR_RETURN(const Bytes input, ca::SignatureInput(profile().algorithm, challenge));
  JPKID_ASSIGN_OR_RETURN(
      const Bytes signature,
      turn_.Ask<Bytes>([kind = kind(), input](hal::Card& card, CardTurn::AtReader&) {
        return card::JpkiCard(card).Sign(kind, input);
      }));
  JPKID_ASSIGN_OR_RETURN(const Bytes certificate, Stored(CertificateItem(work().kind())));
  JPKID_RETURN_IF_ERROR(ca::VerifySignature(certificate, challenge, signature));
  work().set_proved(true);
  journal_.Note(Event::PROVED, work().kind());
  return absl::OkStatus();
}

absl::Status Steps::Confirm() {
  if (!work().activated() || work().confirmed()) return absl::OkStatus();
  JPKID_RETURN_IF_ERROR(parts_.authority.Confirm(work().transaction_id()));
  work().set_confirmed(true);
  return absl::OkStatus();
}

absl::Status Steps::RevokeOld() {
  const std::string& serial = work().old_serial_number();
  const bool replaced = work().activated();
  if (serial.empty() || !(replaced || work().old_gone())) return absl::OkStatus();
  JPKID_RETURN_IF_ERROR(parts_.authority.Revoke(
      kind(), serial,
      replaced ? ca::RevocationReason::kSuperseded : ca::RevocationReason::kCessationOfOperation));
  (*journal_.Note(Event::OLD_REVOKED, work().kind()).mutable_values())["serial_number"] = serial;
  return absl::OkStatus();
}

}  // namespace jpkid::runner
