#pragma once

#include <memory>

#include "daemon/desk/desk.h"
#include "daemon/rpc/operation_tail.h"
#include "daemon/rpc/registry.h"
#include "daemon/runner/runner.h"
#include "daemon/store/store.h"
#include "jpki/v1/operation_service.pb.h"

namespace jpkid::rpc {

// jpki.v1.OperationService: what the daemon does to cards over some time.
class OperationService {
 public:
  // All outlive the registry's use.
  OperationService(store::Store& store, runner::Runner& runner, const desk::CaseDesk& desk,
                   OperationTails& tails, Registry& registry);

 private:
  absl::StatusOr<jpki::v1::Operation> GetOperation(CallInfo& info,
                                                   const jpki::v1::GetOperationRequest& request);
  absl::StatusOr<jpki::v1::ListOperationsResponse> ListOperations(
      CallInfo& info, const jpki::v1::ListOperationsRequest& request);
  absl::StatusOr<std::unique_ptr<Source>> WatchOperation(
      CallInfo& info, const jpki::v1::WatchOperationRequest& request);
  absl::StatusOr<jpki::v1::Operation> ProvideInput(CallInfo& info,
                                                   const jpki::v1::ProvideInputRequest& request);
  absl::StatusOr<jpki::v1::Operation> CancelOperation(
      CallInfo& info, const jpki::v1::CancelOperationRequest& request);

  store::Store& store_;
  runner::Runner& runner_;
  const desk::CaseDesk& desk_;
  OperationTails& tails_;
};

}  // namespace jpkid::rpc
