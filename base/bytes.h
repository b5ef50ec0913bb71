#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace jpkid {

// An octet string that carries no secret. What carries one is a Secret (base/secret.h).
using Bytes = std::vector<std::uint8_t>;

// Octets owned by somebody else, who outlives the call.
using ByteView = std::span<const std::uint8_t>;

// Upper-case hexadecimal without separators, as status words and AIDs are written.
std::string ToHex(ByteView bytes);

// Reads hexadecimal; blanks between octets are allowed. INVALID_ARGUMENT for anything else.
absl::StatusOr<Bytes> FromHex(absl::string_view text);

// The same octets seen as text and back; nothing is copied.
absl::string_view AsText(ByteView bytes);
ByteView AsBytes(absl::string_view text);

// A copy of `bytes`.
Bytes ToBytes(ByteView bytes);

// Appends `tail` to `bytes`.
void Append(Bytes& bytes, ByteView tail);

}  // namespace jpkid
