#pragma once

#include <string>
#include <vector>

#include "clients/cli/console.h"
#include "clients/cli/exit_code.h"
#include "clients/lib/interruption.h"

namespace jpkid::cli {

// The environment variables that jpkictl reads; empty: not set.
struct Environment {
  std::string address;  // JPKID_ADDRESS
  std::string lc_all;
  std::string lc_messages;
  std::string lang;
};

// Runs jpkictl with its `arguments` (without the program's name). `interruption` ends it early.
ExitCode Run(const std::vector<std::string>& arguments, const Environment& environment,
             Console& console, client::Interruption& interruption);

}  // namespace jpkid::cli
