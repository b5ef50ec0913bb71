#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Where the daemon is reached.
namespace jpkid::client {

// The gRPC target of the daemon, "unix:PATH": `option` (--address) where it was given, else
// `environment` (JPKID_ADDRESS), else the socket of the embedded default. ARGUMENT_INVALID for
// anything but unix:PATH, and for a path that no socket address holds.
absl::StatusOr<std::string> ResolveAddress(absl::string_view option, absl::string_view environment);

}  // namespace jpkid::client
