#pragma once

#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/secret.h"

namespace jpkid::cli {

// The person at the terminal. Each question ends at `deadline` (CALL_TIMEOUT), when the user
// interrupts, or when he closes his side (both CANCELLED).
class Terminal {
 public:
  virtual ~Terminal() = default;
  // Shows `prompt` and reads a line that the terminal does not show.
  virtual absl::StatusOr<Secret> AskSecret(const std::string& prompt, absl::Time deadline) = 0;
  // Shows `prompt` and reads a line.
  virtual absl::StatusOr<std::string> Ask(const std::string& prompt, absl::Time deadline) = 0;
};

// Where a command writes, and whom it may ask. All borrowed for the command's life.
struct Console {
  std::ostream& out;  // What was asked for.
  std::ostream& err;  // What people should know besides.
  bool out_is_terminal = false;
  int columns = 80;              // Of the terminal.
  Terminal* terminal = nullptr;  // nullptr: nobody sits there.
};

}  // namespace jpkid::cli
