#include "clients/cli/answers.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "clients/cli/names.h"
#include "clients/cli/request_id.h"
#include "clients/lib/backoff.h"
#include "clients/lib/failure.h"
#include "jpki/v1/operation_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Operation;
using jpki::v1::OperationEvent;
using jpki::v1::OperationService;
using jpki::v1::PendingInput;
using jpki::v1::PinRequest;

// Whether somebody else was quicker, or the daemon that asked is gone: whoever takes the operation
// over asks anew.
bool NoLongerAwaited(const absl::Status& status) {
  return FailedFor(status, Reason::kInputUnknown) || FailedFor(status, Reason::kOperationEnded) ||
         FailedFor(status, Reason::kOwnershipLost);
}

bool IsAwaited(const Operation& operation, const PendingInput& input) {
  return std::any_of(
      operation.pending_inputs().begin(), operation.pending_inputs().end(),
      [&](const PendingInput& pending) { return pending.input_id() == input.input_id(); });
}

}  // namespace

Answers::Answers(const Context& context, const PinDescriptors& descriptors, absl::Time deadline)
    : context_(context), deadline_(deadline) {
  auth_.descriptor = descriptors.For(jpki::v1::PIN_KIND_AUTH);
  signature_.descriptor = descriptors.For(jpki::v1::PIN_KIND_SIGNATURE);
}

absl::Status Answers::ReadFirst() {
  for (Source* source : {&auth_, &signature_}) {
    if (source->descriptor < 0) continue;
    JPKID_ASSIGN_OR_RETURN(source->first, ReadPin(context_, source->descriptor));
  }
  return absl::OkStatus();
}

absl::Status Answers::Give(const std::string& operation, const OperationEvent::Waiting& waiting) {
  JPKID_RETURN_IF_ERROR(RefusalIn(waiting));
  for (const PendingInput& input : waiting.inputs()) {
    if (!input.has_pin() || given_.contains(input.input_id())) continue;
    JPKID_RETURN_IF_ERROR(GivePin(operation, input));
  }
  return absl::OkStatus();
}

absl::Status Answers::RefusalIn(const OperationEvent::Waiting& waiting) {
  const std::optional<Reason> reason = ReasonFromCode(waiting.reason());
  if (!reason.has_value()) return absl::OkStatus();
  for (const PendingInput& input : waiting.inputs()) {
    // The daemon asks for all PINs again; the one that was wrong has lost a try.
    if (!input.has_pin()) continue;
    if (input.pin().tries_left() >= SourceOf(input.pin().pin()).tries_left) continue;
    return Fail(*reason, {{"pin", Name(context_.words(), input.pin().pin())},
                          {"tries_left", absl::StrCat(input.pin().tries_left())}});
  }
  return absl::OkStatus();
}

absl::Status Answers::GivePin(const std::string& operation, const PendingInput& input) {
  client::Backoff backoff(context_.daemon().interruption());
  while (true) {
    const absl::Status status = TryPin(operation, input);
    if (status.ok() || NoLongerAwaited(status)) return absl::OkStatus();
    if (client::DaemonAway(status)) {
      JPKID_RETURN_IF_ERROR(backoff.Pause(status, deadline_));
    } else if (FailedFor(status, Reason::kPinFormat) &&
               SourceOf(input.pin().pin()).descriptor < 0) {
      // Of the card the operation knows more than the catalogue.
      context_.TellFailure(status, CardUse::kNone);
    } else {
      return status;
    }
  }
}

absl::Status Answers::TryPin(const std::string& operation, const PendingInput& input) {
  // An event of the past asks again when it is replayed.
  JPKID_ASSIGN_OR_RETURN(const Operation now, GetOperation(context_, operation));
  if (!IsAwaited(now, input)) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(const Secret pin, GetPin(input.pin()));
  if (pin.empty()) {
    context_.Tell(context_.words()(
        Msg::kHowToGivePin, Name(context_.words(), input.pin().pin()), operation,
        input.pin().pin() == jpki::v1::PIN_KIND_AUTH ? "--auth-pin-fd" : "--signature-pin-fd"));
    return absl::OkStatus();
  }
  JPKID_RETURN_IF_ERROR(CheckCharacters(input.pin().pin(), pin));
  JPKID_RETURN_IF_ERROR(ProvideInput(context_, operation, input, pin, NewRequestId()).status());
  given_.insert(input.input_id());
  return absl::OkStatus();
}

absl::StatusOr<Secret> Answers::GetPin(const PinRequest& request) {
  Source& source = SourceOf(request.pin());
  if (source.descriptor >= 0) {
    source.tries_left = request.tries_left();
    if (!source.first.empty()) return std::move(source.first);
    absl::StatusOr<Secret> next = ReadPin(context_, source.descriptor);
    if (!next.ok()) context_.Tell(context_.words()(Msg::kPinUsedUp, source.descriptor));
    return next.ok() ? std::move(next) : Secret();
  }
  if (context_.terminal() == nullptr) return Secret();
  if (request.purpose() == PinRequest::PURPOSE_SET) {
    return AskNewPin(context_, request.pin(), deadline_);
  }
  return AskPin(context_, request.pin(), request.tries_left(), deadline_);
}

Answers::Source& Answers::SourceOf(jpki::v1::PinKind pin) {
  return pin == jpki::v1::PIN_KIND_AUTH ? auth_ : signature_;
}

absl::StatusOr<Operation> ProvideInput(const Context& context, const std::string& operation,
                                       const PendingInput& input, const Secret& pin,
                                       const std::string& request_id) {
  jpki::v1::ProvideInputRequest request;
  request.set_name(operation);
  request.set_input_id(input.input_id());
  request.set_request_id(request_id);
  if (input.has_pin()) {
    request.mutable_pin()->set_pin(input.pin().pin());
    request.mutable_pin()->set_card_serial(input.pin().card_serial());
    Put(pin, *request.mutable_pin()->mutable_value());
  } else {
    request.mutable_card();
  }
  absl::StatusOr<Operation> answer = context.daemon().Call<OperationService>(
      &OperationService::StubInterface::ProvideInput, request, context.CallDeadline());
  if (request.has_pin()) Wipe(*request.mutable_pin()->mutable_value());
  return answer;
}

absl::StatusOr<Operation> GetOperation(const Context& context, const std::string& name) {
  return GetOperation(context, name, context.CallDeadline());
}

absl::StatusOr<Operation> GetOperation(const Context& context, const std::string& name,
                                       absl::Time deadline) {
  jpki::v1::GetOperationRequest request;
  request.set_name(name);
  return context.daemon().Call<OperationService>(&OperationService::StubInterface::GetOperation,
                                                 request, deadline);
}

}  // namespace jpkid::cli
