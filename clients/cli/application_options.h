#pragma once

#include "clients/cli/command_line.h"
#include "jpki/v1/case.pb.h"

namespace jpkid::cli {

// The options that say what a citizen applies for: --operation, --applicant, --birth-date and all
// the rules ask about. Dates go to the daemon as they are: it knows what a date is.
void AddApplication(CommandLine& line, CLI::App* command, jpki::v1::Application& application);

}  // namespace jpkid::cli
