#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

#include "daemon/certs/certs.h"
#include "hal/reader.h"

namespace jpkid::card {

// Which card lies on the reader, as it says of itself without any PIN.
struct Identity {
  std::string serial;             // 15 digits.
  std::string municipality_code;  // 5 digits.
  absl::CivilDay card_expiry;
  std::string token;  // The token's name, "JPKIAPICCTOKEN2"; blanks at its end taken off.
  std::string model;  // The token's model; blanks at its end taken off. May be empty.
  bool auth_present = false;
  bool signature_present = false;
  std::uint64_t insertion = 0;  // Of the connection it was read over (hal::Card::insertion).

  bool present(certs::Kind kind) const {
    return kind == certs::Kind::kAuth ? auth_present : signature_present;
  }
  // Whether this is a simulated card, the only sort that has an issuer profile of ours.
  bool training() const;
};

// Reads it: five commands, of which the last two reach the JPKI application. Verified PINs are gone
// afterwards, since two applications are selected. Failures: CARD_NOT_JPKI, CARD_ANSWER_INVALID.
absl::StatusOr<Identity> Identify(hal::Card& card);

}  // namespace jpkid::card
