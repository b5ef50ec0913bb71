#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

#include "daemon/store/store.h"

// What a clerk has to see at a visit, and has seen.
namespace jpkid::desk {

// The visit at which something may be shown now, from 1; 0: nothing is asked for.
int VisitAtHand(const store::CaseRecord& record);

// Notes that `codes` were seen at the visit at hand. ARGUMENT_INVALID for one that is not asked for
// there; nothing is noted then. What was seen before stays as it was.
absl::Status CheckDocuments(store::CaseRecord& record, const std::vector<std::string>& codes,
                            const std::string& checked_by, std::int64_t time_us);

// Forgets what was seen at visits after the first one.
void ForgetLaterVisits(store::CaseRecord& record);

}  // namespace jpkid::desk
