#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/secret.h"
#include "hal/sim/card_image.pb.h"

namespace jpkid::hal::sim {

struct EvpKeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using EvpKey = std::unique_ptr<EVP_PKEY, EvpKeyFree>;

// The private key of a certificate: RSA-2048 or P-384, with the raw operations a card has. Failures
// of OpenSSL are INTERNAL.
class PrivateKey {
 public:
  static absl::StatusOr<PrivateKey> Generate(KeyAlgorithm algorithm);

  // From PKCS#8 DER. INVALID_ARGUMENT for anything but a key of a known algorithm.
  static absl::StatusOr<PrivateKey> FromDer(ByteView pkcs8);

  KeyAlgorithm algorithm() const { return algorithm_; }
  absl::StatusOr<Secret> ToDer() const;

  // The SubjectPublicKeyInfo, DER.
  absl::StatusOr<Bytes> PublicKeyInfo() const;

  // The public key as a card tells it: 7F49 { 81 modulus, 82 exponent } or 7F49 { 86 point }.
  absl::StatusOr<Bytes> PublicKeyTemplate() const;

  // RSA: `input` (1 to 245 octets, usually a DigestInfo) in PKCS#1 v1.5 block type 1, 256 octets.
  // P-384: ECDSA over `input`, a SHA-384 hash; r and s, 96 octets. INVALID_ARGUMENT for an input of
  // another length.
  absl::StatusOr<Bytes> Sign(ByteView input) const;

 private:
  PrivateKey(KeyAlgorithm algorithm, EvpKey key) : algorithm_(algorithm), key_(std::move(key)) {}

  KeyAlgorithm algorithm_;
  EvpKey key_;
};

}  // namespace jpkid::hal::sim
