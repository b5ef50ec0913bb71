#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "base/status.h"
#include "daemon/rpc/convert.h"

// Operations and their events.
namespace jpkid::rpc {
namespace {

using events::Event;

std::string Value(const Event& event, const std::string& name) {
  const auto found = event.values().find(name);
  return found == event.values().end() ? std::string() : found->second;
}

std::int32_t Number(const Event& event, const std::string& name) {
  std::int32_t number = 0;
  return absl::SimpleAtoi(Value(event, name), &number) ? number : 0;
}

v1::OperationEvent::Waiting::For WaitingFor(absl::string_view word) {
  using Waiting = v1::OperationEvent::Waiting;
  if (word == "card") return Waiting::FOR_CARD;
  if (word == "pin") return Waiting::FOR_PIN;
  if (word == "ca") return Waiting::FOR_CA;
  if (word == "operator") return Waiting::FOR_OPERATOR;
  return Waiting::FOR_UNSPECIFIED;
}

// The values of the texts of the reason that `event` has under `prefix`: "reason.".
ReasonMetadata MetadataOf(const Event& event, absl::string_view prefix) {
  ReasonMetadata metadata;
  for (const auto& [name, value] : event.values()) {
    absl::string_view rest = name;
    if (absl::ConsumePrefix(&rest, prefix)) metadata.emplace(rest, value);
  }
  return metadata;
}

v1::OperationEvent::Waiting ToWaiting(const Event& event, const store::OperationRecord& record,
                                      Language language) {
  v1::OperationEvent::Waiting waiting;
  waiting.set_waiting_for(WaitingFor(Value(event, "for")));
  for (const events::AwaitedInput& input : event.inputs()) {
    *waiting.add_inputs() = ToPendingInput(input, record.reader());
  }
  const std::string code = Value(event, "reason");
  waiting.set_reason(code);
  if (const std::optional<Reason> reason = ReasonFromCode(code)) {
    waiting.set_message(Text(*reason, MetadataOf(event, "reason."), language));
  }
  return waiting;
}

// The kinds in the order they are made, as far as `event` has a value for them.
void AddExpiries(const Event& event, v1::OperationEvent::Eligible& eligible) {
  for (const certs::Kind kind : certs::kAllKinds) {
    const std::string date = Value(event, absl::StrCat("expiry.", certs::Name(kind)));
    if (date.empty()) continue;
    v1::ExpiryToCome& expiry = *eligible.add_expiries();
    expiry.set_kind(ToCertificateKind(kind));
    expiry.set_expiry_date(date);
  }
}

void AddRemarks(const Event& event, Language language, v1::OperationEvent::Eligible& eligible) {
  for (int i = 0;; ++i) {
    const std::string name = absl::StrCat("remark.", i);
    const std::string code = Value(event, name);
    if (code.empty()) return;
    v1::Remark& remark = *eligible.add_remarks();
    remark.set_code(code);
    const std::optional<Reason> reason = ReasonFromCode(code);
    if (!reason.has_value()) continue;  // Of a newer version.
    remark.set_text(Text(*reason, MetadataOf(event, name + "."), language));
  }
}

// What happened to one certificate.
void SetCertificateFact(const Event& event, v1::OperationEvent& wire) {
  const v1::CertificateKind kind = ToCertificateKind(event.kind());
  switch (event.type()) {
    case Event::KEY_MADE:
      wire.mutable_key_made()->set_kind(kind);
      wire.mutable_key_made()->set_public_key_sha256(Value(event, "public_key_sha256"));
      break;
    case Event::REQUEST_SIGNED:
      wire.mutable_request_signed()->set_kind(kind);
      break;
    case Event::CA_SUBMITTED:
      wire.mutable_ca_submitted()->set_kind(kind);
      wire.mutable_ca_submitted()->set_transaction_id(Value(event, "transaction_id"));
      break;
    case Event::CERTIFICATE_RECEIVED:
      wire.mutable_certificate_received()->set_kind(kind);
      wire.mutable_certificate_received()->set_serial_number(Value(event, "serial_number"));
      break;
    case Event::WRITING:
      wire.mutable_writing()->set_kind(kind);
      wire.mutable_writing()->set_bytes_written(Number(event, "bytes_written"));
      wire.mutable_writing()->set_bytes_total(Number(event, "bytes_total"));
      break;
    case Event::READ_BACK:
      wire.mutable_read_back()->set_kind(kind);
      break;
    case Event::ACTIVATED:
      wire.mutable_activated()->set_kind(kind);
      break;
    case Event::PROVED:
      wire.mutable_proved()->set_kind(kind);
      break;
    case Event::OLD_REVOKED:
      wire.mutable_old_revoked()->set_kind(kind);
      wire.mutable_old_revoked()->set_serial_number(Value(event, "serial_number"));
      break;
    default:
      break;  // A fact of a newer version: its time and progress are still told.
  }
}

// What happened to the operation; otherwise to a certificate.
void SetFact(const Event& event, const store::OperationRecord& record, Language language,
             v1::OperationEvent& wire) {
  switch (event.type()) {
    case Event::QUEUED:
      wire.mutable_queued()->set_position(Number(event, "position"));
      break;
    case Event::WAITING:
      *wire.mutable_waiting() = ToWaiting(event, record, language);
      break;
    case Event::CARD_IDENTIFIED:
      wire.mutable_card_identified()->set_card_serial(Value(event, "card_serial"));
      wire.mutable_card_identified()->set_card_expiry_date(Value(event, "card_expiry"));
      wire.mutable_card_identified()->set_token_label(Value(event, "token_label"));
      break;
    case Event::ELIGIBLE:
      AddExpiries(event, *wire.mutable_eligible());
      AddRemarks(event, language, *wire.mutable_eligible());
      break;
    case Event::PIN_VERIFIED:
      wire.mutable_pin_verified()->set_pin(ToPinKind(event.kind()));
      break;
    case Event::RESUMED:
      wire.mutable_resumed()->set_message(Value(event, "message"));
      break;
    case Event::COMPLETED:
      *wire.mutable_completed()->mutable_receipt() = ToReceipt(record);
      break;
    case Event::FAILED:
      *wire.mutable_failed()->mutable_failure() = ToFailure(record, language);
      break;
    default:
      SetCertificateFact(event, wire);
  }
}

v1::CertificateInfo ToInfo(const store::CertificateWork& work) {
  v1::CertificateInfo info;
  info.set_kind(ToCertificateKind(work.kind()));
  info.set_serial_number(work.serial_number());
  info.set_issuer(work.issuer());
  info.set_subject(work.subject());
  *info.mutable_not_before_time() = ToTimestamp(work.not_before_us());
  *info.mutable_not_after_time() = ToTimestamp(work.not_after_us());
  info.set_expiry_date(work.expiry_date());
  return info;
}

v1::Operation::State ToState(store::OperationRecord::State state) {
  switch (state) {
    case store::OperationRecord::QUEUED:
      return v1::Operation::STATE_QUEUED;
    case store::OperationRecord::RUNNING:
      return v1::Operation::STATE_RUNNING;
    case store::OperationRecord::WAITING:
      return v1::Operation::STATE_WAITING;
    case store::OperationRecord::SUCCEEDED:
      return v1::Operation::STATE_SUCCEEDED;
    case store::OperationRecord::FAILED:
      return v1::Operation::STATE_FAILED;
    case store::OperationRecord::CANCELLED:
      return v1::Operation::STATE_CANCELLED;
    default:
      return v1::Operation::STATE_UNSPECIFIED;
  }
}

std::string NameOf(const store::OperationRecord& record) {
  return absl::StrCat("operations/", record.id());
}

void SetProgress(int step, int steps, int percent, v1::Progress& progress) {
  progress.set_step(step);
  progress.set_steps(steps);
  progress.set_percent(percent);
}

}  // namespace

v1::OperationEvent ToEvent(const Event& event, const store::OperationRecord& record,
                           Language language) {
  v1::OperationEvent wire;
  wire.set_sequence(event.sequence());
  *wire.mutable_time() = ToTimestamp(event.time_us());
  SetProgress(event.step(), event.steps(), event.percent(), *wire.mutable_progress());
  SetFact(event, record, language, wire);
  return wire;
}

v1::PendingInput ToPendingInput(const events::AwaitedInput& input, absl::string_view reader) {
  v1::PendingInput wire;
  wire.set_input_id(input.input_id());
  if (input.pin_kind().empty()) {
    wire.mutable_card()->set_reader(absl::StrCat("readers/", reader));
    wire.mutable_card()->set_card_serial(input.card_serial());
    return wire;
  }
  v1::PinRequest& pin = *wire.mutable_pin();
  pin.set_pin(ToPinKind(input.pin_kind()));
  pin.set_card_serial(input.card_serial());
  pin.set_purpose(input.sets_pin() ? v1::PinRequest::PURPOSE_SET : v1::PinRequest::PURPOSE_VERIFY);
  pin.set_tries_left(input.tries_left());
  return wire;
}

v1::Receipt ToReceipt(const store::OperationRecord& record) {
  v1::Receipt receipt;
  receipt.set_operation(NameOf(record));
  receipt.set_card_serial(record.card_serial());
  for (const store::CertificateWork& work : record.work()) {
    if (work.activated()) *receipt.add_certificates() = ToInfo(work);
  }
  *receipt.mutable_time() = ToTimestamp(record.end_time_us());
  receipt.set_training(record.training());
  return receipt;
}

v1::OperationFailure ToFailure(const store::OperationRecord& record, Language language) {
  const store::Failure& stored = record.failure();
  v1::OperationFailure failure;
  failure.set_reason(stored.reason());
  const ReasonMetadata metadata(stored.metadata().begin(), stored.metadata().end());
  if (const std::optional<Reason> reason = ReasonFromCode(stored.reason())) {
    failure.set_message(Text(*reason, metadata, language));
    failure.set_remedy(Remedy(*reason, metadata, language));
  }
  failure.set_card_changed(stored.card_changed());
  for (const store::CertificateWork& work : record.work()) {
    if (work.activated()) failure.add_activated_kinds(ToCertificateKind(work.kind()));
  }
  failure.mutable_metadata()->insert(metadata.begin(), metadata.end());
  return failure;
}

v1::Operation ToOperation(const store::OperationRecord& record, Language language) {
  v1::Operation operation;
  operation.set_name(NameOf(record));
  operation.set_type(record.type() == "renew" ? v1::Operation::TYPE_RENEW
                                              : v1::Operation::TYPE_ISSUE);
  for (const std::string& kind : record.kinds()) operation.add_kinds(ToCertificateKind(kind));
  operation.set_reader(absl::StrCat("readers/", record.reader()));
  operation.set_card_serial(record.card_serial());
  operation.set_state(ToState(record.state()));
  for (const events::AwaitedInput& input : record.inputs()) {
    *operation.add_pending_inputs() = ToPendingInput(input, record.reader());
  }
  SetProgress(record.progress_step(), record.progress_steps(), record.progress_percent(),
              *operation.mutable_progress());
  *operation.mutable_create_time() = ToTimestamp(record.create_time_us());
  *operation.mutable_update_time() = ToTimestamp(record.update_time_us());
  if (record.state() == store::OperationRecord::SUCCEEDED) {
    *operation.mutable_receipt() = ToReceipt(record);
  }
  // Until the end nobody knows what it leaves on the card.
  const bool ended = record.end_time_us() != 0;
  if (record.has_failure() && ended) *operation.mutable_failure() = ToFailure(record, language);
  operation.set_request_id(record.request_id());
  operation.set_creator(record.creator());
  operation.set_training(record.training());
  operation.set_last_sequence(record.last_sequence());
  operation.set_in_custody(record.in_custody() && !record.has_failure());
  if (!record.case_id().empty()) operation.set_case_(absl::StrCat("cases/", record.case_id()));
  return operation;
}

}  // namespace jpkid::rpc
