#include <algorithm>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "base/steady_time.h"
#include "tests/fakes/fake_services.h"

namespace jpkid::fakes {
namespace {

using jpki::v1::Operation;
using jpki::v1::OperationEvent;
using jpki::v1::PendingInput;

// How soon a waiting handler looks whether its client has gone.
constexpr absl::Duration kGlance = absl::Milliseconds(50);

absl::Status CheckOperation(const FakeState& state, const std::string& name)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mutex) {
  if (!state.operation.name().empty() && state.operation.name() == name) return absl::OkStatus();
  return Fail(Reason::kOperationUnknown, {{"operation", name}});
}

// The same input is asked for again, under a new id, with the reason.
OperationEvent AskAgain(const PendingInput& input, const absl::Status& why, int tries_left) {
  OperationEvent event;
  event.mutable_waiting()->set_waiting_for(OperationEvent::Waiting::FOR_PIN);
  event.mutable_waiting()->set_reason(std::string(Row(FailureOf(why).reason).code));
  event.mutable_waiting()->set_message(std::string(why.message()));
  PendingInput& again = *event.mutable_waiting()->add_inputs();
  again = input;
  again.set_input_id(absl::StrCat(input.input_id(), "+"));
  again.mutable_pin()->set_tries_left(tries_left);
  return event;
}

// Takes a PIN that the operation waits for.
absl::Status TakePin(FakeState& state, const PendingInput& input, const jpki::v1::PinInput& given)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mutex) {
  if (given.pin() != input.pin().pin() || given.card_serial() != input.pin().card_serial()) {
    return Fail(Reason::kInputUnknown, {{"input", input.input_id()}});
  }
  JPKID_RETURN_IF_ERROR(CheckForm(given.pin(), given.value()));
  const PendingInput taken = input;
  state.operation.clear_pending_inputs();
  if (taken.pin().purpose() == jpki::v1::PinRequest::PURPOSE_SET) {
    state.pins[given.pin()].value = given.value();
  } else if (const absl::Status verified = state.Verify(given.pin(), given.value());
             !verified.ok()) {
    state.Tell(AskAgain(taken, verified, state.pins[given.pin()].tries_left));
    state.changed.NotifyAll();
    return absl::OkStatus();
  }
  OperationEvent right;
  right.mutable_pin_verified()->set_pin(given.pin());
  state.Tell(right);
  state.Advance();
  return absl::OkStatus();
}

absl::Status Take(FakeState& state, const jpki::v1::ProvideInputRequest& request)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mutex) {
  for (const PendingInput& input : state.operation.pending_inputs()) {
    if (input.input_id() != request.input_id()) continue;
    if (request.has_pin() && input.has_pin()) return TakePin(state, input, request.pin());
    if (request.has_card() && input.has_card()) {
      state.operation.clear_pending_inputs();
      state.Advance();
      return absl::OkStatus();
    }
  }
  return Fail(Reason::kInputUnknown, {{"input", request.input_id()}});
}

}  // namespace

grpc::Status FakeOperationService::GetOperation(grpc::ServerContext* context,
                                                const jpki::v1::GetOperationRequest* request,
                                                Operation* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "GetOperation");
  if (status.ok()) status = CheckOperation(state_, request->name());
  *response = state_.operation;
  return ToWire(status, *context);
}

// One operation a page, named op1, op2, op3 while there is no real one: for paging.
grpc::Status FakeOperationService::ListOperations(grpc::ServerContext* context,
                                                  const jpki::v1::ListOperationsRequest* request,
                                                  jpki::v1::ListOperationsResponse* response) {
  const MutexLock lock(state_.mutex);
  const absl::Status status = state_.Enter(*context, "ListOperations");
  if (!status.ok()) return ToWire(status, *context);
  const int page = request->page_token().empty() ? 1 : std::stoi(request->page_token());
  Operation& operation = *response->add_operations();
  operation = state_.operation;
  operation.set_name(absl::StrCat("operations/op", page));
  if (page < 3) response->set_next_page_token(absl::StrCat(page + 1));
  return grpc::Status::OK;
}

grpc::Status FakeOperationService::WatchOperation(
    grpc::ServerContext* context, const jpki::v1::WatchOperationRequest* request,
    grpc::ServerWriter<jpki::v1::WatchOperationResponse>* writer) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "WatchOperation");
  if (status.ok()) status = CheckOperation(state_, request->name());
  if (status.ok() && request->resume_after() > state_.operation.last_sequence()) {
    status = Fail(Reason::kArgumentInvalid, {{"field", "resume_after"}, {"detail", "too far"}});
  }
  if (!status.ok()) return ToWire(status, *context);
  const bool ended = state_.operation.has_receipt() || state_.operation.has_failure();
  if (ended && request->resume_after() == state_.operation.last_sequence()) return grpc::Status::OK;
  auto next = static_cast<std::size_t>(request->resume_after());
  while (!state_.killed && !context->IsCancelled()) {
    while (next < state_.told.size()) {
      jpki::v1::WatchOperationResponse response;
      *response.mutable_event() = state_.told[next++];
      writer->Write(response);
      state_.watched = std::max(state_.watched, response.event().sequence());
      state_.changed.NotifyAll();
      if (response.event().has_completed() || response.event().has_failed()) {
        return grpc::Status::OK;
      }
    }
    state_.changed.WaitUntil(state_.mutex, SteadyNow() + kGlance);
  }
  return grpc::Status(grpc::StatusCode::UNAVAILABLE, "killed");
}

grpc::Status FakeOperationService::ProvideInput(grpc::ServerContext* context,
                                                const jpki::v1::ProvideInputRequest* request,
                                                Operation* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "ProvideInput");
  if (status.ok()) status = CheckOperation(state_, request->name());
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (*is_new) status = Take(state_, *request);
  *response = state_.operation;
  return ToWire(status, *context);
}

grpc::Status FakeOperationService::CancelOperation(grpc::ServerContext* context,
                                                   const jpki::v1::CancelOperationRequest* request,
                                                   Operation* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "CancelOperation");
  if (status.ok()) status = CheckOperation(state_, request->name());
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (*is_new) {
    state_.Tell(Failed(Reason::kOperationCancelled, false));
    state_.operation.set_state(Operation::STATE_CANCELLED);
    state_.changed.NotifyAll();
  }
  *response = state_.operation;
  return grpc::Status::OK;
}

}  // namespace jpkid::fakes
