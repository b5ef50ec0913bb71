#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace jpkid::hal::sim {

// A BER-TLV data object (ISO/IEC 7816-4, 5.2.2): `tag` of one or two octets as it is written
// (0x81, 0x7F49), minimal length. At most 65,535 octets of value.
Bytes Tlv(std::uint16_t tag, ByteView value);

}  // namespace jpkid::hal::sim
