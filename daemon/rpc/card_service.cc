#include "daemon/rpc/card_service.h"

#include <string>
#include <utility>

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/digest_info.h"
#include "daemon/rules/rules.h"

namespace jpkid::rpc {
namespace {

using card::CertificateFile;
using card::JpkiCard;
using certs::Kind;

absl::StatusOr<v1::PinStatus> PinStatusOf(JpkiCard& jpki, Kind kind) {
  JPKID_ASSIGN_OR_RETURN(const card::PinStatus status, jpki.GetPinStatus(kind));
  return ToPinStatus(kind, status);
}

absl::StatusOr<v1::CertificateInfo> InfoOf(ByteView certificate, Kind kind) {
  JPKID_ASSIGN_OR_RETURN(const ca::Certificate read, ca::ReadCertificate(certificate));
  v1::CertificateInfo info = ToCertificateInfo(read);
  info.set_kind(ToCertificateKind(kind));  // An authority's own names no policy.
  return info;
}

absl::StatusOr<v1::ReadCertificateResponse> ReadOne(JpkiCard& jpki, Kind kind,
                                                    CertificateFile which) {
  JPKID_ASSIGN_OR_RETURN(const Bytes certificate, jpki.ReadCertificate(kind, which));
  v1::ReadCertificateResponse response;
  response.set_certificate(certificate.data(), certificate.size());
  JPKID_ASSIGN_OR_RETURN(*response.mutable_info(), InfoOf(certificate, kind));
  return response;
}

absl::StatusOr<v1::Card> ReadWhole(hal::Card& card) {
  JPKID_ASSIGN_OR_RETURN(const card::Identity identity, card::Identify(card));
  v1::Card wire;
  wire.set_serial(identity.serial);
  wire.set_municipality_code(identity.municipality_code);
  wire.set_expiry_date(absl::FormatCivilTime(identity.card_expiry));
  wire.set_token_label(identity.token);
  wire.set_training(identity.training());
  wire.set_profile(std::string(certs::ProfileOfCard(identity.model).name));
  wire.set_has_signature_certificate(identity.signature_present);
  JpkiCard jpki(card);
  if (identity.auth_present) {
    JPKID_ASSIGN_OR_RETURN(const Bytes certificate,
                           jpki.ReadCertificate(Kind::kAuth, CertificateFile::kOwn));
    JPKID_ASSIGN_OR_RETURN(*wire.add_certificates(), InfoOf(certificate, Kind::kAuth));
  }
  for (const Kind kind : certs::kAllKinds) {
    JPKID_ASSIGN_OR_RETURN(*wire.add_pins(), PinStatusOf(jpki, kind));
  }
  return wire;
}

absl::StatusOr<Bytes> SignOn(hal::Card& card, Kind kind, const Secret& pin, ByteView info,
                             ByteView digest) {
  JpkiCard jpki(card);
  JPKID_RETURN_IF_ERROR(jpki.VerifyPin(kind, pin));
  absl::StatusOr<Bytes> signature = jpki.Sign(kind, info);
  // A P-384 key takes the hash itself and refuses the longer DigestInfo before it computes
  // anything.
  const std::size_t p384 = certs::Row(certs::Algorithm::kP384Sha384).hash_size;
  if (FailedFor(signature.status(), Reason::kCardStatus) && digest.size() == p384 &&
      info.size() > p384) {
    return jpki.Sign(kind, digest);
  }
  return signature;
}

}  // namespace

CardService::CardService(session::Sessions& sessions, const card::IssuerKeys& keys, bool training,
                         absl::Duration longest_work, Registry& registry)
    : turns_(sessions, longest_work), keys_(keys), training_(training) {
  Bind(registry, "jpki.v1.CardService.ReadCard", &CardService::ReadCard);
  Bind(registry, "jpki.v1.CardService.ReadCertificate", &CardService::ReadCertificate);
  Bind(registry, "jpki.v1.CardService.GetPinStatus", &CardService::GetPinStatus);
  Bind(registry, "jpki.v1.CardService.Sign", &CardService::Sign);
  registry.BindUnary("jpki.v1.CardService.ChangePin", Where::kCard, *this, &CardService::ChangePin);
  registry.BindUnary("jpki.v1.CardService.ResetPin", Where::kCard, *this, &CardService::ResetPin);
}

template <typename Request, typename Response>
void CardService::Bind(Registry& registry, absl::string_view name,
                       absl::StatusOr<CardWork<Response>> (CardService::*prepare)(CallInfo&,
                                                                                  const Request&)) {
  registry.BindLater<Request, Response>(
      name, [this, prepare](CallInfo& info, const Request& request, auto respond) {
        absl::StatusOr<CardWork<Response>> work = (this->*prepare)(info, request);
        if (!work.ok()) return std::move(respond)(std::move(work).status());
        turns_.Begin<Response>(info, *std::move(work), std::move(respond));
      });
}

absl::StatusOr<CardWork<v1::Card>> CardService::ReadCard(CallInfo&,
                                                         const v1::ReadCardRequest& request) {
  return CardWork<v1::Card>{.reader = request.reader(), .job = ReadWhole};
}

absl::StatusOr<CardWork<v1::ReadCertificateResponse>> CardService::ReadCertificate(
    CallInfo& info, const v1::ReadCertificateRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const Kind kind, ToKind(request.kind(), "kind"));
  const CertificateFile which = request.authority() ? CertificateFile::kCa : CertificateFile::kOwn;
  const bool needs_pin = kind == Kind::kSignature && which == CertificateFile::kOwn;
  Secret pin;
  if (needs_pin) {
    JPKID_ASSIGN_OR_RETURN(pin, rules::CheckedPin(kind, info.secrets.Take("pin")));
  }
  return CardWork<v1::ReadCertificateResponse>{.reader = request.reader(),
                                               .job = [=, pin = std::move(pin)](hal::Card& card)
                                                   -> absl::StatusOr<v1::ReadCertificateResponse> {
                                                 JpkiCard jpki(card);
                                                 if (needs_pin)
                                                   JPKID_RETURN_IF_ERROR(jpki.VerifyPin(kind, pin));
                                                 return ReadOne(jpki, kind, which);
                                               }};
}

absl::StatusOr<CardWork<v1::GetPinStatusResponse>> CardService::GetPinStatus(
    CallInfo&, const v1::GetPinStatusRequest& request) {
  return CardWork<v1::GetPinStatusResponse>{
      .reader = request.reader(),
      .job = [](hal::Card& card) -> absl::StatusOr<v1::GetPinStatusResponse> {
        JpkiCard jpki(card);
        v1::GetPinStatusResponse response;
        for (const Kind kind : certs::kAllKinds) {
          JPKID_ASSIGN_OR_RETURN(*response.add_pins(), PinStatusOf(jpki, kind));
        }
        return response;
      }};
}

absl::StatusOr<v1::ChangePinResponse> CardService::ChangePin(CallInfo& info,
                                                             const v1::ChangePinRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const Kind kind, ToKind(request.pin(), "pin"));
  JPKID_ASSIGN_OR_RETURN(Secret current, rules::CheckedPin(kind, info.secrets.Take("current_pin")));
  JPKID_ASSIGN_OR_RETURN(Secret fresh, rules::CheckedPin(kind, info.secrets.Take("new_pin")));
  return turns_.Run<v1::ChangePinResponse>(
      info, {request.reader(),
             [kind, current = std::move(current),
              fresh = std::move(fresh)](hal::Card& card) -> absl::StatusOr<v1::ChangePinResponse> {
               JpkiCard jpki(card);
               JPKID_RETURN_IF_ERROR(jpki.ChangePin(kind, current, fresh));
               v1::ChangePinResponse response;
               JPKID_ASSIGN_OR_RETURN(*response.mutable_status(), PinStatusOf(jpki, kind));
               return response;
             }});
}

absl::StatusOr<v1::ResetPinResponse> CardService::ResetPin(CallInfo& info,
                                                           const v1::ResetPinRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const Kind kind, ToKind(request.pin(), "pin"));
  JPKID_ASSIGN_OR_RETURN(Secret fresh, rules::CheckedPin(kind, info.secrets.Take("new_pin")));
  if (request.card_serial().empty()) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "card_serial"}, {"detail", "must name the card that is meant"}});
  }
  return turns_.Run<v1::ResetPinResponse>(
      info,
      {request.reader(),
       [kind, fresh = std::move(fresh), expected = request.card_serial(), training = training_,
        &keys = keys_](hal::Card& card) -> absl::StatusOr<v1::ResetPinResponse> {
         JPKID_ASSIGN_OR_RETURN(const card::Identity identity, card::Identify(card));
         if (identity.training() != training) return Fail(Reason::kTrainingMismatch);
         if (identity.serial != expected) {
           return Fail(Reason::kCardWrong, {{"found", identity.serial}, {"expected", expected}});
         }
         JPKID_ASSIGN_OR_RETURN(const std::unique_ptr<card::Personalisation> issuer,
                                card::OpenPersonalisation(card, identity, keys));
         JPKID_RETURN_IF_ERROR(issuer->SetPin(kind, fresh));
         JpkiCard jpki(card);
         v1::ResetPinResponse response;
         JPKID_ASSIGN_OR_RETURN(*response.mutable_status(), PinStatusOf(jpki, kind));
         return response;
       }});
}

absl::StatusOr<CardWork<v1::SignResponse>> CardService::Sign(CallInfo& info,
                                                             const v1::SignRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const Kind kind, ToKind(request.kind(), "kind"));
  const Bytes digest = ToBytes(AsBytes(request.digest()));
  JPKID_ASSIGN_OR_RETURN(const Bytes digest_info, DigestInfo(request.hash(), digest));
  JPKID_ASSIGN_OR_RETURN(Secret pin, rules::CheckedPin(kind, info.secrets.Take("pin")));
  return CardWork<v1::SignResponse>{
      .reader = request.reader(),
      .job = [=, pin = std::move(pin)](hal::Card& card) -> absl::StatusOr<v1::SignResponse> {
        JPKID_ASSIGN_OR_RETURN(const Bytes signature, SignOn(card, kind, pin, digest_info, digest));
        v1::SignResponse response;
        response.set_signature(signature.data(), signature.size());
        return response;
      }};
}

}  // namespace jpkid::rpc
