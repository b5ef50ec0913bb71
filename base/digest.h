#pragma once

#include "base/bytes.h"

namespace jpkid {

// SHA-256 (FIPS 180-4): 32 octets.
Bytes Sha256(ByteView data);

}  // namespace jpkid
