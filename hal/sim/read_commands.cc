#include <algorithm>

#include "hal/sim/commands.h"
#include "hal/sim/status_words.h"

namespace jpkid::hal::sim {
namespace {

constexpr std::uint8_t kShortIdentifier = 0x80;

// Which file READ BINARY reads, from where.
struct Place {
  const File* file = nullptr;
  std::size_t offset = 0;
  StatusWord sw = kSuccess;
};

Place FindPlace(const VolatileState& state, std::uint8_t p1, std::uint8_t p2) {
  if ((p1 & kShortIdentifier) == 0) {
    if (state.file == nullptr) return {.sw = kNoFileSelected};
    return {.file = state.file, .offset = static_cast<std::size_t>(p1 << 8 | p2)};
  }
  if ((p1 & 0x60) != 0) return {.sw = kWrongParameters};
  const File* file =
      state.application == nullptr ? nullptr : state.application->FindShort(p1 & 0x1F);
  if (file == nullptr) return {.sw = kFileNotFound};
  return {.file = file, .offset = p2};
}

// In the secure channel the files of a certificate are those in the pending slot.
bool ReadsPending(const Context& context, const File& file) {
  return context.in_channel && file.part.has_value();
}

Bytes Content(const Context& context, const File& file) {
  if (!ReadsPending(context, file)) return ContentOf(file, context.image());
  const CertificateSlot& slot = SlotOf(context.image(), *file.certificate);
  return ToBytes(AsBytes(PartOf(slot.pending(), *file.part)));
}

StatusWord MayRead(const Context& context, const File& file, FileKind kind) {
  if (file.kind != kind) return kWrongFileKind;
  if (file.pin.has_value() && !ReadsPending(context, file) &&
      !context.state.verified.contains(*file.pin)) {
    return kSecurityNotSatisfied;
  }
  return kSuccess;
}

}  // namespace

Response ReadBinary(Context& context, const Command& command) {
  if (!command.data.empty() || command.le == Command::kNoLe) return Status(kWrongLength);
  const Place place = FindPlace(context.state, command.p1, command.p2);
  if (place.file == nullptr) return Status(place.sw);
  const StatusWord allowed = MayRead(context, *place.file, FileKind::kTransparent);
  if (allowed != kSuccess) return Status(allowed);
  context.state.file = place.file;
  const Bytes content = Content(context, *place.file);
  if (place.offset >= content.size()) return Status(kWrongOffset);
  const ByteView rest = ByteView(content).subspan(place.offset);
  return {.data = ToBytes(rest.first(std::min(rest.size(), static_cast<std::size_t>(command.le)))),
          .sw = kSuccess};
}

Response ReadRecord(Context& context, const Command& command) {
  constexpr std::uint8_t kByNumber = 0x04;  // P2: the record whose number is P1.
  if (!command.data.empty() || command.le == Command::kNoLe) return Status(kWrongLength);
  if ((command.p2 & 0x07) != kByNumber) return Status(kWrongParameters);
  const auto sfi = static_cast<std::uint8_t>(command.p2 >> 3);
  const File* file = context.state.file;
  if (sfi != 0) {
    const Application* application = context.state.application;
    file = application == nullptr ? nullptr : application->FindShort(sfi);
    if (file == nullptr) return Status(kFileNotFound);
  }
  if (file == nullptr) return Status(kNoFileSelected);
  const StatusWord allowed = MayRead(context, *file, FileKind::kRecords);
  if (allowed != kSuccess) return Status(allowed);
  context.state.file = file;
  if (command.p1 != 1) return Status(kRecordNotFound);
  Bytes record = ContentOf(*file, context.image());
  const auto size = static_cast<int>(record.size());
  if (command.le != Command::kShortMax && command.le != size) {
    return Status(static_cast<StatusWord>(kWrongLe | size));
  }
  return {.data = std::move(record), .sw = kSuccess};
}

}  // namespace jpkid::hal::sim
