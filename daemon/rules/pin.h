#pragma once

#include "absl/status/statusor.h"

#include "base/secret.h"
#include "daemon/certs/certs.h"

namespace jpkid::rules {

// The PIN of `kind` as the card compares it: letters folded to upper case where the rule has
// letters. PIN_FORMAT, with the rule in words, when it cannot be one (S4): the card is then not
// asked, and no try is lost.
absl::StatusOr<Secret> CheckedPin(certs::Kind kind, const certs::PinRule& rule, Secret pin);

// The same for the cards of today.
absl::StatusOr<Secret> CheckedPin(certs::Kind kind, Secret pin);

}  // namespace jpkid::rules
