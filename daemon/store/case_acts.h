#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

#include "daemon/store/case_record.pb.h"
#include "daemon/workflow/case_course.h"

namespace jpkid::store {

workflow::CaseState StateOf(const CaseRecord& record);
CaseRecord::State RecordState(workflow::CaseState state);

// Who does something to a case, and when.
struct ActStamp {
  std::string actor;  // A caller, "uid:1000", or "operations/…".
  std::int64_t time_us = 0;
  std::string detail = {};  // A code of the catalogue, or words without personal data.
};

// Moves `record` by `act`, as the table says, and adds that to its history. CASE_STATE when the act
// is not possible; `record` is then unchanged.
absl::Status Apply(CaseRecord& record, workflow::CaseAct act, const ActStamp& stamp);

}  // namespace jpkid::store
