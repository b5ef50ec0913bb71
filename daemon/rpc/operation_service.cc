#include "daemon/rpc/operation_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/convert_case.h"

namespace jpkid::rpc {
namespace {

constexpr int kPageByDefault = 50;
constexpr int kPageAtMost = 1000;

absl::Status Invalid(absl::string_view field, absl::string_view detail) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", std::string(field)}, {"detail", std::string(detail)}});
}

absl::StatusOr<runner::Input> ToInput(CallInfo& info, const v1::ProvideInputRequest& request) {
  switch (request.input_case()) {
    case v1::ProvideInputRequest::kPin: {
      JPKID_ASSIGN_OR_RETURN(const certs::Kind kind, ToKind(request.pin().pin(), "pin.pin"));
      return runner::PinGiven{.kind = kind,
                              .card_serial = request.pin().card_serial(),
                              .pin = info.secrets.Take("value"),
                              .giver = InWords(info.caller)};
    }
    case v1::ProvideInputRequest::kCard:
      return runner::CardGiven{};
    case v1::ProvideInputRequest::INPUT_NOT_SET:
      break;
  }
  return Invalid("input", "a PIN or a card");
}

}  // namespace

OperationService::OperationService(store::Store& store, runner::Runner& runner,
                                   const desk::CaseDesk& desk, OperationTails& tails,
                                   Registry& registry)
    : store_(store), runner_(runner), desk_(desk), tails_(tails) {
  registry.BindUnary("jpki.v1.OperationService.GetOperation", Where::kStore, *this,
                     &OperationService::GetOperation);
  registry.BindUnary("jpki.v1.OperationService.ListOperations", Where::kStore, *this,
                     &OperationService::ListOperations);
  registry.BindWatch<v1::WatchOperationResponse>("jpki.v1.OperationService.WatchOperation",
                                                 Where::kStore, *this,
                                                 &OperationService::WatchOperation);
  registry.BindUnary("jpki.v1.OperationService.ProvideInput", Where::kStore, *this,
                     &OperationService::ProvideInput);
  registry.BindUnary("jpki.v1.OperationService.CancelOperation", Where::kCard, *this,
                     &OperationService::CancelOperation);
}

absl::StatusOr<v1::Operation> OperationService::GetOperation(
    CallInfo& info, const v1::GetOperationRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const std::string id, IdOf("operations", request.name(), "name"));
  JPKID_ASSIGN_OR_RETURN(const store::OperationRecord record, store_.Get(id));
  JPKID_ASSIGN_OR_RETURN(const rules::Municipality* const municipality, desk_.Municipality(""));
  v1::Operation operation = ToOperation(record, info.language);
  *operation.mutable_office() = ToOffice(*municipality, info.language);
  return operation;
}

absl::StatusOr<v1::ListOperationsResponse> OperationService::ListOperations(
    CallInfo& info, const v1::ListOperationsRequest& request) {
  if (request.page_size() < 0) return Invalid("page_size", "not below 0");
  const int size =
      request.page_size() == 0 ? kPageByDefault : std::min(request.page_size(), kPageAtMost);
  JPKID_ASSIGN_OR_RETURN(const store::Page page,
                         store_.List(size, request.page_token(), request.active_only()));
  v1::ListOperationsResponse response;
  for (const store::OperationRecord& record : page.operations) {
    *response.add_operations() = ToOperation(record, info.language);
  }
  response.set_next_page_token(page.next_token);
  return response;
}

absl::StatusOr<std::unique_ptr<Source>> OperationService::WatchOperation(
    CallInfo& info, const v1::WatchOperationRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const std::string id, IdOf("operations", request.name(), "name"));
  if (request.resume_after() < 0) return Invalid("resume_after", "not below 0");
  JPKID_ASSIGN_OR_RETURN(const store::OperationRecord record, store_.Get(id));
  // It has not seen such an event from us: it would wait for what never comes, or miss some.
  if (request.resume_after() > record.last_sequence()) {
    return Invalid("resume_after",
                   absl::StrCat("not above ", record.last_sequence(), ", the newest event"));
  }
  return WatchTail(tails_.Of(id, info.language), request.resume_after());
}

absl::StatusOr<v1::Operation> OperationService::ProvideInput(
    CallInfo& info, const v1::ProvideInputRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const std::string id, IdOf("operations", request.name(), "name"));
  JPKID_ASSIGN_OR_RETURN(runner::Input input, ToInput(info, request));
  JPKID_ASSIGN_OR_RETURN(const store::OperationRecord record,
                         runner_.Provide(id, request.input_id(), std::move(input)));
  return ToOperation(record, info.language);
}

absl::StatusOr<v1::Operation> OperationService::CancelOperation(
    CallInfo& info, const v1::CancelOperationRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const std::string id, IdOf("operations", request.name(), "name"));
  JPKID_ASSIGN_OR_RETURN(const store::OperationRecord record, runner_.Cancel(id));
  return ToOperation(record, info.language);
}

}  // namespace jpkid::rpc
