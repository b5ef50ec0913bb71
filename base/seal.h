#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/bytes.h"
#include "base/secret.h"

namespace jpkid {

// Encrypts the holder's data at rest: AES-256-GCM under a key that lives in a file outside the
// store, so that a copy of the database alone tells nothing of anybody. The context (which row) is
// authenticated along with the data.
class Seal {
 public:
  // Reads the key, 32 octets; makes the file, mode 0600, where there is none. FAILED_PRECONDITION
  // where others may read it.
  static absl::StatusOr<std::unique_ptr<Seal>> Open(const std::string& key_file);

  // Nonce, ciphertext and tag.
  absl::StatusOr<Bytes> Close(ByteView plain, absl::string_view context) const;
  // STORE_UNAVAILABLE when the row was altered or belongs to another key.
  absl::StatusOr<Bytes> Open(ByteView sealed, absl::string_view context) const;

 private:
  explicit Seal(Secret key) : key_(std::move(key)) {}
  const Secret key_;
};

}  // namespace jpkid
