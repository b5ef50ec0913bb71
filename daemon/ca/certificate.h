#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "daemon/certs/certs.h"

// Reading and judging certificates.
namespace jpkid::ca {

// What is shown of a certificate and decided upon.
struct Certificate {
  std::string serial;   // Hexadecimal, upper case, whole octets.
  std::string issuer;   // RFC 2253 text, most specific part first.
  std::string subject;  // The same.
  absl::Time not_before;
  absl::Time not_after;
  std::optional<certs::Kind> kind = {};  // By its policy.
  Bytes public_key;                      // SubjectPublicKeyInfo, DER.
  Bytes subject_key_id = {};             // Empty: it has none.
  // Of the issuer. Generations of an authority share a name: they are told apart by this alone.
  Bytes authority_key_id = {};
};

// ARGUMENT_INVALID for octets that are not one certificate.
absl::StatusOr<Certificate> ReadCertificate(ByteView certificate);

// What an issued certificate must be.
struct Expected {
  certs::Kind kind = certs::Kind::kAuth;
  Bytes public_key;  // SubjectPublicKeyInfo, DER.
  absl::Time not_after;
};

// So far apart the clocks of a counter and of an authority may be.
inline constexpr absl::Duration kClocksDiffer = absl::Minutes(5);

// Whether `certificate` is what was asked for: the key, the kind's profile (policy, key usage,
// personal data or none), the end of its validity, and verified under `ca_certificate` at `now`,
// give or take what clocks differ, with validity, key usage and basic constraints.
// CA_ANSWER_INVALID says what does not fit.
absl::Status CheckIssued(ByteView certificate, ByteView ca_certificate, const Expected& expected,
                         absl::Time now);

// Whether `signature` over `message` was made with the certificate's key, with the hash that goes
// with it; ECDSA as the card gives it (request.h). PROOF_FAILED when not.
absl::Status VerifySignature(ByteView certificate, ByteView message, ByteView signature);

}  // namespace jpkid::ca
