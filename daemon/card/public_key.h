#pragma once

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "daemon/certs/certs.h"

namespace jpkid::card {

// The public key in the answer to GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8, 5.1),
// 7F49 { 81 modulus, 82 exponent } or 7F49 { 86 point }, as SubjectPublicKeyInfo, DER.
// CARD_ANSWER_INVALID for anything but a key of that algorithm: a 2048-bit modulus with 65537, or
// an uncompressed point on P-384.
absl::StatusOr<Bytes> SubjectPublicKeyInfo(certs::Algorithm algorithm, ByteView answer);

}  // namespace jpkid::card
