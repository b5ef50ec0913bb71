#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "daemon/runner/runner.h"

namespace jpkid::runner {

// The operation that `request` begins, before its first step.
store::OperationRecord NewRecord(const RunRequest& request, bool training, absl::Time now);

// `first`, which the same creator began with this request_id, if `request` asks for the same; else
// REQUEST_ID_REUSED. A case is the same at any reader and wherever it stands by now; without one,
// what is kept of the first request decides.
absl::StatusOr<store::OperationRecord> Repeated(const RunRequest& request,
                                                store::OperationRecord first);

}  // namespace jpkid::runner
