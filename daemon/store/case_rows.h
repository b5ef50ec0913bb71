#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "daemon/store/case_record.pb.h"
#include "daemon/store/record.pb.h"

namespace soci {
class session;
}

// Rows of the table of cases, inside somebody's transaction.
namespace jpkid::store {

// A case without what is sealed. CASE_UNKNOWN.
absl::StatusOr<CaseRecord> ReadCase(soci::session& session, const std::string& id);

// Replaces the case that has version `expected`; `record` gets the next one. What is sealed of it
// is erased when it has ended. CASE_CHANGED, CASE_UNKNOWN.
absl::Status ReplaceCase(soci::session& session, CaseRecord& record, std::int64_t expected);

// A new operation takes its case, if it has one. CASE_UNKNOWN, CASE_CHANGED, CASE_STATE.
absl::Status TakeCase(soci::session& session, const OperationRecord& operation);

// What an operation, as it now stands, means for its case.
absl::Status MoveCase(soci::session& session, const OperationRecord& operation,
                      std::int64_t now_us);

}  // namespace jpkid::store
