#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "clients/cli/context.h"

namespace jpkid::cli {

// `readers/{alias}` for --reader, given as "R" or "readers/R". Not given: the daemon's only reader;
// INVALID_ARGUMENT where there is none or a choice.
absl::StatusOr<std::string> ChooseReader(const Context& context, const std::string& option);

}  // namespace jpkid::cli
