#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

// BER-TLV as cards write it (ISO/IEC 7816-4, 5.2.2).
namespace jpkid::card {

struct DataObject {
  std::uint32_t tag = 0;  // As it is written: 0x81, 0x7F49.
  ByteView value;         // Borrowed from what was read.
};

// The data objects that `data` is made of; nothing when they do not fill it exactly. Tags of one or
// two octets, lengths of up to 65,535.
std::optional<std::vector<DataObject>> ReadDataObjects(ByteView data);

// The value of the first object with this tag.
std::optional<ByteView> Find(const std::vector<DataObject>& objects, std::uint32_t tag);

// The value of the only object that `data` is made of, when its tag is `tag`.
std::optional<ByteView> Unwrap(ByteView data, std::uint32_t tag);

// How many octets the DER value that begins with `head` has, its header included; nothing when
// `head` is no beginning of a SEQUENCE.
std::optional<std::size_t> SizeOfSequence(ByteView head);

}  // namespace jpkid::card
