#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "tests/fakes/fake_services.h"

namespace jpkid::fakes {
namespace {

using jpki::v1::CertificateKind;
using jpki::v1::PinKind;

constexpr PinKind kPins[] = {jpki::v1::PIN_KIND_AUTH, jpki::v1::PIN_KIND_SIGNATURE};

PinKind PinOf(CertificateKind kind) {
  return kind == jpki::v1::CERTIFICATE_KIND_AUTH ? jpki::v1::PIN_KIND_AUTH
                                                 : jpki::v1::PIN_KIND_SIGNATURE;
}

absl::Status CheckKind(CertificateKind kind) {
  if (kind != jpki::v1::CERTIFICATE_KIND_UNSPECIFIED) return absl::OkStatus();
  return Fail(Reason::kArgumentInvalid, {{"field", "kind"}, {"detail", "auth or signature"}});
}

jpki::v1::CertificateInfo InfoOf(CertificateKind kind) {
  jpki::v1::CertificateInfo info;
  info.set_kind(kind);
  info.set_serial_number(kind == jpki::v1::CERTIFICATE_KIND_AUTH ? "0A01" : "0B02");
  info.set_issuer("C=JP,O=JPKI-SIM");
  info.set_subject("C=JP,CN=0001");
  info.mutable_not_before_time()->set_seconds(1'761'523'200);  // 2025-10-27 in Tokyo.
  info.mutable_not_after_time()->set_seconds(1'897'570'799);   // 2030-02-17 23:59:59.
  info.set_expiry_date("2030-02-17");
  return info;
}

}  // namespace

grpc::Status FakeCardService::ReadCard(grpc::ServerContext* context,
                                       const jpki::v1::ReadCardRequest* request,
                                       jpki::v1::Card* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "ReadCard");
  if (status.ok()) status = state_.CheckReader(request->reader());
  if (!status.ok()) return ToWire(status, *context);
  response->set_serial(FakeDaemon::kCardSerial);
  response->set_municipality_code("28219");
  response->set_expiry_date("2035-02-17");
  response->set_token_label("JPKISIMCARD");
  response->set_training(true);
  *response->add_certificates() = InfoOf(jpki::v1::CERTIFICATE_KIND_AUTH);
  response->set_has_signature_certificate(true);
  for (const PinKind pin : kPins) *response->add_pins() = state_.StatusOf(pin);
  return grpc::Status::OK;
}

grpc::Status FakeCardService::ReadCertificate(grpc::ServerContext* context,
                                              const jpki::v1::ReadCertificateRequest* request,
                                              jpki::v1::ReadCertificateResponse* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "ReadCertificate");
  if (status.ok()) status = state_.CheckReader(request->reader());
  if (status.ok()) status = CheckKind(request->kind());
  if (status.ok() && request->kind() == jpki::v1::CERTIFICATE_KIND_SIGNATURE &&
      !request->authority()) {
    status = state_.Verify(jpki::v1::PIN_KIND_SIGNATURE, request->pin());
  } else if (status.ok() && !request->pin().empty()) {
    status = Fail(Reason::kArgumentInvalid, {{"field", "pin"}, {"detail", "not needed"}});
  }
  if (!status.ok()) return ToWire(status, *context);
  response->set_certificate(request->authority() ? "CA" : "DER");
  *response->mutable_info() = InfoOf(request->kind());
  return grpc::Status::OK;
}

grpc::Status FakeCardService::GetPinStatus(grpc::ServerContext* context,
                                           const jpki::v1::GetPinStatusRequest* request,
                                           jpki::v1::GetPinStatusResponse* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "GetPinStatus");
  if (status.ok()) status = state_.CheckReader(request->reader());
  if (!status.ok()) return ToWire(status, *context);
  for (const PinKind pin : kPins) *response->add_pins() = state_.StatusOf(pin);
  return grpc::Status::OK;
}

grpc::Status FakeCardService::ChangePin(grpc::ServerContext* context,
                                        const jpki::v1::ChangePinRequest* request,
                                        jpki::v1::ChangePinResponse* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "ChangePin");
  if (status.ok()) status = state_.CheckReader(request->reader());
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (*is_new) {
    status = CheckForm(request->pin(), request->new_pin());
    if (status.ok()) status = state_.Verify(request->pin(), request->current_pin());
    if (!status.ok()) return ToWire(status, *context);
    state_.pins[request->pin()].value = request->new_pin();
  }
  *response->mutable_status() = state_.StatusOf(request->pin());
  return grpc::Status::OK;
}

grpc::Status FakeCardService::ResetPin(grpc::ServerContext* context,
                                       const jpki::v1::ResetPinRequest* request,
                                       jpki::v1::ResetPinResponse* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "ResetPin");
  if (status.ok()) status = state_.CheckReader(request->reader());
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (request->card_serial() != FakeDaemon::kCardSerial) {
    return ToWire(Fail(Reason::kCardWrong,
                       {{"expected", request->card_serial()}, {"found", FakeDaemon::kCardSerial}}),
                  *context);
  }
  if (*is_new) {
    status = CheckForm(request->pin(), request->new_pin());
    if (!status.ok()) return ToWire(status, *context);
    const int tries = request->pin() == jpki::v1::PIN_KIND_AUTH ? 3 : 5;
    state_.pins[request->pin()] = {.value = request->new_pin(), .tries_left = tries};
  }
  *response->mutable_status() = state_.StatusOf(request->pin());
  return grpc::Status::OK;
}

grpc::Status FakeCardService::Sign(grpc::ServerContext* context,
                                   const jpki::v1::SignRequest* request,
                                   jpki::v1::SignResponse* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "Sign");
  if (status.ok()) status = state_.CheckReader(request->reader());
  if (status.ok()) status = CheckKind(request->kind());
  const std::size_t length = request->hash() == jpki::v1::SignRequest::HASH_SHA256   ? 32
                             : request->hash() == jpki::v1::SignRequest::HASH_SHA384 ? 48
                                                                                     : 64;
  if (status.ok() && request->digest().size() != length) {
    status = Fail(Reason::kArgumentInvalid, {{"field", "digest"}, {"detail", "length"}});
  }
  if (status.ok()) status = state_.Verify(PinOf(request->kind()), request->pin());
  if (!status.ok()) return ToWire(status, *context);
  response->set_signature(absl::StrCat("signed ", request->digest()));
  return grpc::Status::OK;
}

}  // namespace jpkid::fakes
