#pragma once

#include <string>

#include "clients/cli/command_line.h"
#include "clients/cli/pins.h"
#include "jpki/v1/case_service.pb.h"

// What `issue`, `renew` and `case run` have in common: the daemon does something to a card, and the
// command follows it.
namespace jpkid::cli {

struct RunOptions {
  std::string reader;
  std::string request_id;
  bool detach = false;
  PinDescriptors pins;
};

// --reader, --request-id, --detach and the PINs' descriptors.
void AddRunOptions(CommandLine& line, CLI::App* command, RunOptions& options);

// Begins the operation that `request` asks for, completed with the options, and follows it to its
// end; with --detach it only begins it.
Outcome RunCase(const Context& context, const RunOptions& options,
                jpki::v1::RunCaseRequest request);

}  // namespace jpkid::cli
