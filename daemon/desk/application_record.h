#pragma once

#include "absl/status/statusor.h"

#include "daemon/rules/rules.h"
#include "daemon/store/store.h"

// Applications and decisions as the rules think them and as the store keeps them.
namespace jpkid::desk {

store::CaseApplication ToRecord(const rules::Application& application);
// ARGUMENT_INVALID for a word or a date that does not read: a newer daemon's, or one of a case that
// has ended, whose personal part is gone.
absl::StatusOr<rules::Application> FromRecord(const store::CaseApplication& record);

store::CaseDecision ToRecord(const rules::Decision& decision);

}  // namespace jpkid::desk
