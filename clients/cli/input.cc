#include "clients/cli/input.h"

#include <vector>

#include "absl/strings/str_cat.h"

#include "clients/cli/answers.h"
#include "clients/cli/names.h"
#include "clients/cli/request_id.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Operation;
using jpki::v1::PendingInput;
using jpki::v1::PinRequest;

// Whether the options mean this input.
bool Fits(const PendingInput& input, const InputOptions& options) {
  if (!options.id.empty()) return input.input_id() == options.id;
  if (options.card) return input.has_card();
  if (options.pins.auth < 0 && options.pins.signature < 0) return true;
  return input.has_pin() && options.pins.For(input.pin().pin()) >= 0;
}

absl::StatusOr<PendingInput> Choose(const Context& context, const Operation& operation,
                                    const InputOptions& options) {
  std::vector<PendingInput> fitting;
  for (const PendingInput& input : operation.pending_inputs()) {
    if (Fits(input, options)) fitting.push_back(input);
  }
  if (fitting.empty()) {
    return absl::FailedPreconditionError(context.words()(Msg::kNothingAwaited, operation.name()));
  }
  if (fitting.size() > 1) {
    return absl::InvalidArgumentError(context.words()(Msg::kSeveralAwaited, operation.name()));
  }
  return fitting[0];
}

absl::StatusOr<Secret> GetPin(const Context& context, const PinRequest& request,
                              const PinDescriptors& pins) {
  const int descriptor = pins.For(request.pin());
  if (descriptor >= 0) return ReadPin(context, descriptor);
  if (context.terminal() == nullptr) {
    return absl::InvalidArgumentError(
        context.words()(Msg::kNoPin, Name(context.words(), request.pin())));
  }
  const absl::Time deadline = context.Deadline(Context::kWatchLimit);
  if (request.purpose() == PinRequest::PURPOSE_SET) {
    return AskNewPin(context, request.pin(), deadline);
  }
  return AskPin(context, request.pin(), request.tries_left(), deadline);
}

}  // namespace

Outcome GiveInput(const Context& context, const std::string& operation, const InputOptions& options,
                  const std::string& request_id) {
  JPKID_RETURN_IF_ERROR(CheckDescriptors(context, options.pins));
  JPKID_ASSIGN_OR_RETURN(const Operation before, GetOperation(context, operation));
  JPKID_ASSIGN_OR_RETURN(const PendingInput input, Choose(context, before, options));
  Secret pin;
  if (input.has_pin()) {
    JPKID_ASSIGN_OR_RETURN(pin, GetPin(context, input.pin(), options.pins));
  }
  JPKID_ASSIGN_OR_RETURN(const Operation after,
                         ProvideInput(context, operation, input, pin,
                                      request_id.empty() ? NewRequestId() : request_id));
  const Msg said = after.pending_inputs().empty() ? Msg::kInputTaken : Msg::kInputTakenMore;
  JPKID_RETURN_IF_ERROR(
      context.Print(after, absl::StrCat(context.words()(said, after.name()), "\n")));
  return ExitCode::kDone;
}

}  // namespace jpkid::cli
