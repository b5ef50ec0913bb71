#include "hal/sim/file_content.h"

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"

#include "hal/sim/tlv.h"

namespace jpkid::hal::sim {
namespace {

void PushPadded(Bytes& out, absl::string_view text, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) {
    out.push_back(static_cast<std::uint8_t>(i < text.size() ? text[i] : ' '));
  }
}

// How the generations of simulated cards are called: a daemon tells by it what the card can do.
absl::string_view Model(const CardImage& image) {
  if (image.algorithm() == EC_P384) return image.staged() ? "p-384" : "p-384-direct";
  return image.staged() ? "rsa-2048" : "rsa-2048-direct";
}

void PushUlong(Bytes& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift & 0xFF));
  }
}

}  // namespace

Bytes TokenInformation(const CardImage& image) {
  constexpr std::uint32_t kLoginRequired = 0x04;  // CKF_…
  constexpr std::uint32_t kUserPinInitialized = 0x08;
  constexpr std::uint32_t kTokenInitialized = 0x400;
  constexpr std::uint32_t kUnknown = 0xFFFFFFFF;  // CK_UNAVAILABLE_INFORMATION
  constexpr std::uint32_t kLongestPin = 16;
  constexpr std::uint32_t kShortestPin = 4;
  Bytes out;
  PushPadded(out, image.token_label(), 32);
  PushPadded(out, "jpkid", 32);
  PushPadded(out, Model(image), 16);
  PushPadded(out, image.serial(), 16);
  for (const std::uint32_t value :
       {kLoginRequired | kUserPinInitialized | kTokenInitialized, 1u /* most sessions */, kUnknown,
        1u /* most sessions that write */, kUnknown, kLongestPin, kShortestPin, kUnknown, kUnknown,
        kUnknown, kUnknown}) {
    PushUlong(out, value);
  }
  Append(out, Bytes{1, 0, 1, 0});  // Versions of hardware and firmware.
  PushPadded(out, "", 16);         // No clock.
  return out;
}

Bytes CertificatesPresent(const CardImage& image) {
  const auto mark = [](const CertificateSlot& slot) -> std::uint8_t {
    return slot.current().certificate().empty() ? 0x00 : 0x8F;
  };
  return {mark(image.signature()), mark(image.auth()), 0x00};
}

Bytes IndividualNumber(const CardImage& image) {
  return Tlv(0xFF10, AsBytes(image.holder().individual_number()));
}

Bytes HolderAttributes(const CardImage& image) {
  constexpr std::size_t kOffsets = 3 + 4 * 2;  // DF21, its length, four offsets.
  const Holder& holder = image.holder();
  const std::array<Bytes, 4> parts = {
      Tlv(0xDF22, AsBytes(holder.name())), Tlv(0xDF23, AsBytes(holder.address())),
      Tlv(0xDF24, AsBytes(holder.birth_date())), Tlv(0xDF25, AsBytes(holder.sex()))};
  std::size_t size = kOffsets;
  for (const Bytes& part : parts) size += part.size();
  const std::size_t header = Tlv(0xFF20, Bytes(size)).size() - size;
  Bytes offsets;
  Bytes tail;
  for (const Bytes& part : parts) {
    const std::size_t offset = header + kOffsets + tail.size();
    offsets.push_back(static_cast<std::uint8_t>(offset >> 8));
    offsets.push_back(static_cast<std::uint8_t>(offset & 0xFF));
    Append(tail, part);
  }
  Bytes whole = Tlv(0xDF21, offsets);
  Append(whole, tail);
  return Tlv(0xFF20, whole);
}

Bytes CardIdentity(const CardImage& image) {
  return Tlv(0x01,
             AsBytes(absl::StrCat(image.serial(), image.municipality_code(), image.card_expiry())));
}

}  // namespace jpkid::hal::sim
