#pragma once

#include <optional>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "daemon/runner/runner.h"
#include "daemon/store/cases.h"
#include "jpki/v1/case_service.pb.h"

// What RunCase asks the runner to do, but for the caller, the reader and the request's id.
namespace jpkid::rpc {

// For an applicant at the counter who needs no case. ARGUMENT_INVALID, with the field;
// STAY_DATE_MISSING; TWO_VISITS_NEEDED for what needs one (S5).
absl::StatusOr<runner::RunRequest> ToRunRequest(const jpki::v1::RunCaseRequest& request);

// For a case: what was decided of it. `holder`: his data as the store keeps them.
absl::StatusOr<runner::RunRequest> ToRunRequest(const store::CaseRecord& record,
                                                const std::optional<Bytes>& holder);

}  // namespace jpkid::rpc
