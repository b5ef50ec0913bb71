#include "hal/sim/tlv.h"

namespace jpkid::hal::sim {
namespace {

void PushOctet(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value & 0xFF));
}

void PushLength(Bytes& out, std::size_t length) {
  if (length > 0xFF) {
    out.push_back(0x82);
    PushOctet(out, length >> 8);
  } else if (length > 0x7F) {
    out.push_back(0x81);
  }
  PushOctet(out, length);
}

}  // namespace

Bytes Tlv(std::uint16_t tag, ByteView value) {
  Bytes out;
  out.reserve(value.size() + 6);
  if (tag > 0xFF) PushOctet(out, tag >> 8);
  PushOctet(out, tag);
  PushLength(out, value.size());
  Append(out, value);
  return out;
}

}  // namespace jpkid::hal::sim
