#include "daemon/config/socket_mode.h"

#include <charconv>

namespace jpkid::config {

std::optional<unsigned> SocketMode(absl::string_view text) {
  unsigned mode = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, mode, 8);
  if (error != std::errc() || rest != end || mode > 0777 || (mode & 0600) != 0600) {
    return std::nullopt;
  }
  return mode;
}

}  // namespace jpkid::config
