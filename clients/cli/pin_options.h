#pragma once

#include "clients/cli/command_line.h"
#include "clients/cli/pins.h"

// Options that name the descriptors of PINs.
namespace jpkid::cli {

// --auth-pin-fd and --signature-pin-fd.
void AddPinPerKind(CommandLine& line, CLI::App* command, PinDescriptors& pins);

// The same, and --pin-fd: for commands with --kind.
void AddPinOfKind(CommandLine& line, CLI::App* command, PinDescriptors& pins);

// --new-pin-fd.
void AddNewPin(CommandLine& line, CLI::App* command, PinDescriptors& pins);

}  // namespace jpkid::cli
