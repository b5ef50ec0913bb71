#pragma once

#include "daemon/rpc/registry.h"
#include "daemon/runner/runner.h"
#include "jpki/v1/case_service.pb.h"

namespace jpkid::rpc {

// jpki.v1.CaseService: what citizens apply for.
class CaseService {
 public:
  // Both outlive the registry's use.
  CaseService(runner::Runner& runner, Registry& registry);

 private:
  absl::StatusOr<jpki::v1::Operation> RunCase(CallInfo& info,
                                              const jpki::v1::RunCaseRequest& request);

  runner::Runner& runner_;
};

}  // namespace jpkid::rpc
