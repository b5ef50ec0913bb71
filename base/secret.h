#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <openssl/crypto.h>

#include "base/bytes.h"

namespace jpkid {

// An allocator that overwrites what it gives back.
template <typename T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) {
    OPENSSL_cleanse(p, n * sizeof(T));
    std::allocator<T>().deallocate(p, n);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

// Octets that may hold a secret in passing, such as a command APDU: wiped when they go.
using WipedBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

// A PIN or a key: moved, never copied, printed, logged or stored, and wiped at its end.
class Secret {
 public:
  Secret() = default;
  explicit Secret(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  explicit Secret(WipedBytes bytes) : bytes_(std::move(bytes)) {}

  // Takes the octets of `text` and overwrites `text` itself.
  static Secret Take(std::string& text);

  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() = default;

  // An intended second copy, for the rare place that needs one.
  Secret Clone() const { return Secret(ByteView(bytes_)); }

  // The octets, for the code that must hand them to the card or to OpenSSL.
  ByteView view() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

  // Equal octets, compared in constant time.
  bool Equals(const Secret& other) const;

 private:
  WipedBytes bytes_;
};

// Reads a secret from a file descriptor up to a newline or the end; the newline is not part of it.
// Not more than `limit` octets: INVALID_ARGUMENT beyond, or when nothing comes. The descriptor
// stays open.
absl::StatusOr<Secret> ReadSecretFromFd(int fd, std::size_t limit = 256);

// Overwrites the octets of `text` and empties it.
void Wipe(std::string& text);

}  // namespace jpkid
