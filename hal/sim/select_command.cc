#include "hal/sim/commands.h"
#include "hal/sim/status_words.h"

namespace jpkid::hal::sim {
namespace {

constexpr std::uint8_t kByApplication = 0x04;
constexpr std::uint8_t kByFile = 0x02;
constexpr std::uint8_t kNoInformation = 0x0C;  // First or only occurrence, no FCI.

StatusWord SelectApplication(Context& context, const Command& command) {
  const Application* application = FindApplication(ByteView(command.data));
  // Of an application that is not there nothing else about the command matters.
  if (application == nullptr) return kFileNotFound;
  if (command.p2 != kNoInformation) return kWrongParameters;
  if (command.le != Command::kNoLe) return kWrongLength;
  context.state.application = application;
  context.state.file = nullptr;
  context.state.verified.clear();
  context.state.channel.reset();
  return kSuccess;
}

StatusWord SelectFile(Context& context, const Command& command) {
  if (command.p2 != kNoInformation) return kWrongParameters;
  if (command.data.size() != 2 || command.le != Command::kNoLe) return kWrongLength;
  if (context.state.application == nullptr) return kFileNotFound;
  const auto id = static_cast<std::uint16_t>(command.data[0] << 8 | command.data[1]);
  const File* file = context.state.application->Find(id);
  if (file == nullptr) return kFileNotFound;
  context.state.file = file;
  return kSuccess;
}

}  // namespace

Response Select(Context& context, const Command& command) {
  if (command.p1 == kByApplication) return Status(SelectApplication(context, command));
  if (command.p1 == kByFile) return Status(SelectFile(context, command));
  return Status(kWrongParameters);
}

}  // namespace jpkid::hal::sim
