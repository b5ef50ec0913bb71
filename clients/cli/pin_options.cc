#include "clients/cli/pin_options.h"

namespace jpkid::cli {

void AddPinPerKind(CommandLine& line, CLI::App* command, PinDescriptors& pins) {
  line.Number(command, "--auth-pin-fd", pins.auth, 0);
  line.Number(command, "--signature-pin-fd", pins.signature, 0);
}

void AddPinOfKind(CommandLine& line, CLI::App* command, PinDescriptors& pins) {
  line.Number(command, "--pin-fd", pins.any, 0);
  AddPinPerKind(line, command, pins);
}

void AddNewPin(CommandLine& line, CLI::App* command, PinDescriptors& pins) {
  line.Number(command, "--new-pin-fd", pins.next, 0);
}

}  // namespace jpkid::cli
