#include "base/ids.h"

#include <array>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <openssl/rand.h>

#include "base/bytes.h"
#include "base/log.h"

namespace jpkid {

std::string NewId() {
  std::array<std::uint8_t, 16> octets = {};
  if (RAND_bytes(octets.data(), octets.size()) != 1) {
    LogError("the system has no random numbers");
    std::abort();
  }
  octets[6] = static_cast<std::uint8_t>((octets[6] & 0x0F) | 0x40);
  octets[8] = static_cast<std::uint8_t>((octets[8] & 0x3F) | 0x80);
  const std::string hex = absl::AsciiStrToLower(ToHex(octets));
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

}  // namespace jpkid
