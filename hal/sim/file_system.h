#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "hal/sim/card_image.pb.h"
#include "hal/sim/pin.h"
#include "hal/sim/slots.h"

// Which applications and files the card has: a table. What is in them comes from the image.
namespace jpkid::hal::sim {

enum class FileKind { kTransparent, kRecords, kPin, kKey };

// An elementary file.
struct File {
  std::uint16_t id;
  FileKind kind;
  std::optional<PinId> pin = {};  // Of a PIN file: the PIN. Of others: must have been verified.
  std::optional<CertificateKind> certificate = {};  // The kind that this file belongs to.
  std::optional<Part> part = {};                    // Of a file that is a part of it.
  Bytes (*content)(const CardImage&) = nullptr;     // Of a readable file that is none.
};

struct Application {
  std::array<std::uint8_t, 10> aid;
  std::span<const File> files;
  bool issuer_profile = false;

  // Null where there is no such file.
  const File* Find(std::uint16_t id) const;

  // By short EF identifier, 1 to 30: the file whose identifier is the same number.
  const File* FindShort(std::uint8_t sfi) const;
};

// Null where there is no such application. Only the whole AID is one.
const Application* FindApplication(ByteView aid);

// What a readable file holds: of a file of records its only record.
Bytes ContentOf(const File& file, const CardImage& image);

}  // namespace jpkid::hal::sim
