#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

#include "hal/sim/create.h"

namespace jpkid::simcard {

// Puts keys and both certificates on a card that has none, issued by the training authority in
// `ca_directory` as a counter would have them issued today; then calls `keep`. What is not kept is
// revoked.
absl::Status Certify(hal::sim::CardImage& image, const std::string& ca_directory,
                     absl::FunctionRef<absl::Status()> keep);

}  // namespace jpkid::simcard
