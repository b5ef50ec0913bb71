#include "hal/sim/commands.h"

#include "base/log.h"
#include "hal/sim/status_words.h"

namespace jpkid::hal::sim {

std::span<const CommandRow> PublicCommands() {
  static constexpr CommandRow kRows[] = {
      {0x00, 0xA4, true, Select},  // Looks at its Le itself: an unknown AID counts for more.
      {0x00, 0xB0, true, ReadBinary},
      {0x00, 0xB2, true, ReadRecord},
      {0x00, 0x20, false, Verify},
      {0x00, 0x24, false, ChangeReferenceData},
      {0x80, 0x2A, true, ComputeSignature},
      {0x80, 0x50, true, InitializeUpdate},
      {0x84, 0x82, false, ExternalAuthenticate},
  };
  return kRows;
}

std::span<const CommandRow> ChannelCommands() {
  static constexpr CommandRow kRows[] = {
      {0x00, 0xA4, false, Select},
      {0x00, 0xB0, true, ReadBinary},
      {0x00, 0x2A, true, ComputeSignature},
      {0x00, 0x47, true, GenerateKeyPair},
      {0x00, 0xD6, false, UpdateBinary},
      {0x00, 0x44, false, ActivateFile},
      {0x00, 0x04, false, DeactivateFile},
      {0x00, 0xCA, true, GetData},
      {0x00, 0x2C, false, ResetRetryCounter},
  };
  return kRows;
}

StatusWord Keep(Context& context, absl::FunctionRef<void(CardImage&)> edit) {
  const absl::Status kept = context.store.Change(edit);
  if (kept.ok()) return kSuccess;
  // The status word cannot say which file of the machine is to blame.
  LogError("simulated card %s: %s", context.image().serial(), kept.ToString());
  return kMemoryFailure;
}

Referenced FileOfP2(Context& context, std::uint8_t p2, FileKind kind) {
  if ((p2 & 0xE0) != 0x80) return {.sw = kWrongParameters};
  const auto sfi = static_cast<std::uint8_t>(p2 & 0x1F);
  const File* file = context.state.file;
  if (sfi != 0) {
    const Application* application = context.state.application;
    file = application == nullptr ? nullptr : application->FindShort(sfi);
    if (file == nullptr) return {.sw = kFileNotFound};
  }
  if (file == nullptr) return {.sw = kNoFileSelected};
  if (file->kind != kind) return {.sw = kWrongFileKind};
  context.state.file = file;
  return {.file = file};
}

}  // namespace jpkid::hal::sim
