#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "base/secret.h"

// The cryptography under SCP03, with AES-128 keys: one function for each primitive that
// GlobalPlatform Card Specification Amendment D v1.1.2, chapter 4, names. Failures are OpenSSL's
// own (INTERNAL), or INVALID_ARGUMENT for lengths that no caller of ours may use.
namespace jpkid::hal {

inline constexpr std::size_t kAesBlock = 16;

// AES-CMAC (NIST SP 800-38B), all 16 octets.
absl::StatusOr<Bytes> Cmac(const Secret& key, ByteView message);

// NIST SP 800-108 in counter mode over CMAC, with a counter of 8 bits between `before` and `after`,
// the fixed input data. At most one block is ever derived: `octets` is 1 to 16.
absl::StatusOr<WipedBytes> CounterModeKdf(const Secret& key, ByteView before, ByteView after,
                                          std::size_t octets);

// The data derivation scheme of Amendment D, 4.1.5: `label` is 12 octets, `octets` 8 or 16.
absl::StatusOr<WipedBytes> Derive(const Secret& key, ByteView label, ByteView context,
                                  std::size_t octets);

// AES-CBC over whole blocks, nothing padded. The initial vector is the encryption of the counter
// block (6.2.6): `direction` is 00 for commands and 80 for responses (6.2.7), then the counter.
absl::StatusOr<WipedBytes> EncryptCbc(const Secret& key, std::uint8_t direction,
                                      std::uint64_t counter, ByteView blocks);
absl::StatusOr<WipedBytes> DecryptCbc(const Secret& key, std::uint8_t direction,
                                      std::uint64_t counter, ByteView blocks);

// ISO/IEC 9797-1 padding method 2: 80, then 00 up to a whole block.
WipedBytes Pad(ByteView data);
absl::StatusOr<WipedBytes> Unpad(ByteView padded);

}  // namespace jpkid::hal
