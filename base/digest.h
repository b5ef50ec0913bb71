#pragma once

#include <vector>

#include "absl/strings/string_view.h"

#include "base/bytes.h"

namespace jpkid {

// SHA-256 (FIPS 180-4): 32 octets.
Bytes Sha256(ByteView data);

// Of several parts, each behind its length: other parts have another digest, however they join.
Bytes Sha256OfParts(const std::vector<absl::string_view>& parts);

}  // namespace jpkid
