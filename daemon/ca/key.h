#pragma once

#include <optional>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "daemon/ca/openssl.h"
#include "daemon/certs/certs.h"

// Public keys, and the algorithms that go with them.
namespace jpkid::ca {

// Which of our algorithms the key is for: RSA of 2048 bits with exponent 65537, or P-384 by name.
// Nothing else has one.
std::optional<certs::Algorithm> AlgorithmOf(const EVP_PKEY* key);

// The key of a SubjectPublicKeyInfo. ARGUMENT_INVALID for one that has no algorithm of ours.
absl::StatusOr<KeyPtr> DecodePublicKey(ByteView public_key);

const EVP_MD* HashOf(certs::Algorithm algorithm);

// sha256WithRSAEncryption or ecdsa-with-SHA384.
int SignatureNid(certs::Algorithm algorithm);

// A card's signature as X.509 writes it: ECDSA's r and s become a SEQUENCE (RFC 3279, 2.2.3).
// CARD_ANSWER_INVALID for a length that no signature of the algorithm has.
absl::StatusOr<Bytes> X509Signature(certs::Algorithm algorithm, ByteView signature);

}  // namespace jpkid::ca
