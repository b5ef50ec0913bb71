#include "base/secret.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace jpkid {

Secret Secret::Take(std::string& text) {
  Secret secret(AsBytes(absl::string_view(text.data(), text.size())));
  Wipe(text);
  return secret;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  WipedBytes(std::move(other.bytes_)).swap(bytes_);
  return *this;
}

bool Secret::Equals(const Secret& other) const {
  return size() == other.size() && CRYPTO_memcmp(bytes_.data(), other.bytes_.data(), size()) == 0;
}

absl::StatusOr<Secret> ReadSecretFromFd(int fd, std::size_t limit) {
  WipedBytes bytes;
  bytes.reserve(limit + 1);  // No growth: no copy is left behind.
  while (true) {
    std::uint8_t byte = 0;
    const ssize_t got = read(fd, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot read from descriptor ", fd, ": ", std::strerror(errno)));
    }
    if (got == 0 || byte == '\n') break;
    if (bytes.size() == limit) {
      return absl::InvalidArgumentError(
          absl::StrCat("more than ", limit, " octets on descriptor ", fd));
    }
    bytes.push_back(byte);
    OPENSSL_cleanse(&byte, 1);
  }
  if (!bytes.empty() && bytes.back() == '\r') bytes.pop_back();
  if (bytes.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("nothing to read on descriptor ", fd));
  }
  return Secret(std::move(bytes));
}

void Wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace jpkid
