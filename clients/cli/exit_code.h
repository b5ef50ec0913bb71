#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "base/reason.h"

namespace jpkid::cli {

// What jpkictl ends with. Scripts build on these numbers: they are in --help and in the manual and
// never change their meaning.
enum class ExitCode {
  kDone = 0,
  kFailed = 1,         // For a reason that has no number of its own.
  kUsage = 2,          // The command line, or a file it names, is wrong. Nothing was done.
  kUnreachable = 3,    // No daemon, or one that cannot serve at the moment.
  kRefused = 4,        // The caller may not, or the rules or the state of things say no.
  kPin = 5,            // A PIN is wrong, malformed, locked or not set.
  kCard = 6,           // The card or the reader.
  kAuthority = 7,      // The certificate authority.
  kTimeout = 8,        // Not in time, or cancelled.
  kInterrupted = 130,  // Ctrl-C, as shells count it.
};

// The number of a failure.
ExitCode ExitCodeOf(const absl::Status& status);

// The number of a reason by its code, as OperationFailure carries it; kFailed for one that the
// catalogue lacks.
ExitCode ExitCodeOfReason(absl::string_view code);

}  // namespace jpkid::cli
