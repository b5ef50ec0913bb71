#include "clients/cli/pin_options.h"

namespace jpkid::cli {

void AddPinPerKind(CommandLine& line, CLI::App* command, PinDescriptors& pins) {
  line.Option(command, "--auth-pin-fd", pins.auth)->check(CLI::NonNegativeNumber);
  line.Option(command, "--signature-pin-fd", pins.signature)->check(CLI::NonNegativeNumber);
}

void AddPinOfKind(CommandLine& line, CLI::App* command, PinDescriptors& pins) {
  line.Option(command, "--pin-fd", pins.any)->check(CLI::NonNegativeNumber);
  AddPinPerKind(line, command, pins);
}

}  // namespace jpkid::cli
