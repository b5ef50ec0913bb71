#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/bytes.h"
#include "daemon/certs/certs.h"

// A certification request (PKCS#10, RFC 2986) whose signature comes from outside: the private key
// never leaves the card. Public keys are SubjectPublicKeyInfo, DER. A card's ECDSA signature is r
// and s, of equal length, one after the other (ISO/IEC 7816-8).
namespace jpkid::ca {

// The public key that a card told, as SubjectPublicKeyInfo. ARGUMENT_INVALID for anything but a
// 2048-bit modulus with exponent 65537, or a point on P-384 in uncompressed form.
absl::StatusOr<Bytes> RsaPublicKey(ByteView modulus, ByteView exponent);
absl::StatusOr<Bytes> P384PublicKey(ByteView point);

// What a card is given in order to sign `message`: with RSA the DigestInfo of its hash (RFC 8017,
// 9.2), with ECDSA the hash itself.
absl::StatusOr<Bytes> SignatureInput(certs::Algorithm algorithm, ByteView message);

// A request before its signature. The same parts always make the same octets.
struct RequestParts {
  certs::Algorithm algorithm = certs::Algorithm::kRsa2048Sha256;
  Bytes public_key;
  // The subject's CN, 1 to 64 characters: the transaction id, say. The authority chooses the
  // certificate's names itself, so nothing personal belongs here.
  std::string common_name;
};

// What the card must sign to prove that it has the private key: SignatureInput of the request.
absl::StatusOr<Bytes> RequestSignatureInput(const RequestParts& parts);

// The finished request, DER. Read back and verified before it is returned: CARD_ANSWER_INVALID when
// `signature` is not the key's.
absl::StatusOr<Bytes> FinishRequest(const RequestParts& parts, ByteView signature);

}  // namespace jpkid::ca
