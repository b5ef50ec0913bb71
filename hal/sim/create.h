#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "hal/sim/card_image.pb.h"
#include "hal/sim/private_key.h"
#include "hal/sim/slots.h"

namespace jpkid::hal::sim {

// What a new card is made of. An empty PIN was never set; an empty master key leaves the card
// without an issuer profile.
struct CardOrder {
  std::string serial;             // 15 digits.
  std::string municipality_code;  // 5 digits.
  std::string card_expiry;        // YYYYMMDD.
  std::string name;               // UTF-8.
  std::string address;            // UTF-8.
  std::string birth_date;         // YYYYMMDD.
  std::string sex = "9";          // "1", "2" or "9".
  std::string individual_number = "000000000000";
  Secret auth_pin;
  Secret signature_pin;
  Secret text_input_pin;
  Secret issuer_master_key;  // 16 octets.
  std::string token_label = "JPKISIMCARD";
  KeyAlgorithm algorithm = RSA_2048;
  bool staged = true;
};

// The image of a card without certificates. INVALID_ARGUMENT says what of the order is wrong;
// PIN_FORMAT for a PIN that the card would not take.
absl::StatusOr<CardImage> MakeCardImage(const CardOrder& order);

// Puts a key, its certificate and the certificate of its CA (DER) on the card as the current ones.
// INVALID_ARGUMENT when the certificate is not this key's.
absl::Status InstallCertificate(CardImage& image, CertificateKind kind, const PrivateKey& key,
                                ByteView certificate, ByteView ca_certificate);

}  // namespace jpkid::hal::sim
