#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/secret.h"
#include "hal/scp03.h"

namespace jpkid::card {

// Where the static keys of a card's issuer profile come from. Thread-safe.
class IssuerKeys {
 public:
  virtual ~IssuerKeys() = default;

  // Of the card with this 15-digit serial.
  virtual absl::StatusOr<hal::Scp03Keys> KeysOf(absl::string_view serial) const = 0;
};

// Keys derived from the issuer's master key, 16 octets (hal::DeriveCardKeys). ARGUMENT_INVALID for
// another length.
absl::StatusOr<std::unique_ptr<IssuerKeys>> FromMasterKey(Secret master);

// The master key in the file at `path`: 32 hexadecimal digits and at most one newline. Anything
// else, and a file that is not ours alone (our own regular file of mode 0600 or 0400, no symbolic
// link), is ARGUMENT_INVALID with field `master_key_file`.
absl::StatusOr<Secret> ReadMasterKey(const std::string& path);

}  // namespace jpkid::card
