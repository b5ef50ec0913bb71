#include "clients/cli/pin_options.h"

namespace jpkid::cli {
namespace {

void AddDescriptor(CommandLine& line, CLI::App* command, const std::string& name, int& value) {
  // Without the description of the check, which CLI11 would show behind the value's name.
  line.Option(command, name, value)->check(CLI::Validator(CLI::NonNegativeNumber).description(""));
}

}  // namespace

void AddPinPerKind(CommandLine& line, CLI::App* command, PinDescriptors& pins) {
  AddDescriptor(line, command, "--auth-pin-fd", pins.auth);
  AddDescriptor(line, command, "--signature-pin-fd", pins.signature);
}

void AddPinOfKind(CommandLine& line, CLI::App* command, PinDescriptors& pins) {
  AddDescriptor(line, command, "--pin-fd", pins.any);
  AddPinPerKind(line, command, pins);
}

void AddNewPin(CommandLine& line, CLI::App* command, PinDescriptors& pins) {
  AddDescriptor(line, command, "--new-pin-fd", pins.next);
}

}  // namespace jpkid::cli
