#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "hal/sim/card_image.pb.h"

namespace jpkid::hal::sim {

enum class PinId { kAuth, kSignature, kTextInput };

// What the card holds a PIN to.
struct PinRule {
  std::size_t shortest;
  std::size_t longest;
  bool capitals;  // A to Z beside the digits.
  std::uint32_t tries;
};
const PinRule& RuleOf(PinId id);

bool HasLength(const PinRule& rule, ByteView value);

// Whether every octet of `value` is of the PIN's alphabet.
bool HasAlphabet(const PinRule& rule, ByteView value);

const Pin& PinOf(const CardImage& image, PinId id);
Pin& MutablePin(CardImage& image, PinId id);
inline bool IsSet(const Pin& pin) { return !pin.salt().empty(); }

// The record of a PIN with this value and all its tries.
absl::StatusOr<Pin> MakePin(PinId id, ByteView value);

// Whether `value` is the PIN, octet by octet, in constant time.
absl::StatusOr<bool> Matches(const Pin& pin, ByteView value);

}  // namespace jpkid::hal::sim
