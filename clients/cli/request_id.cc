#include "clients/cli/request_id.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/bytes.h"

namespace jpkid::cli {

std::string NewRequestId() {
  std::array<std::uint8_t, 16> bits = {};
  // At most 256 octets: never interrupted, never short (getrandom(2)).
  if (getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  return ToHex(bits);
}

std::string RequestIdOr(const std::string& chosen) {
  return chosen.empty() ? NewRequestId() : chosen;
}

}  // namespace jpkid::cli
