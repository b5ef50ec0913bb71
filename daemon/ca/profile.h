#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "daemon/ca/ca.h"
#include "daemon/ca/issuer.h"
#include "daemon/ca/openssl.h"
#include "daemon/certs/certs.h"

// What stands in the training authority's certificates and lists (RFC 5280).
namespace jpkid::ca {

// A self-signed issuer of `kind` for `key`.
absl::StatusOr<CertificatePtr> MakeIssuerCertificate(certs::Kind kind, EVP_PKEY* key,
                                                     absl::Time now);

// The extensions that every certificate of this issuer carries alike.
absl::StatusOr<std::vector<ExtensionPtr>> CommonExtensions(certs::Kind kind, const X509* issuer);

// The certificate that `request` asks for, with the key of `pkcs10`, signed. Both were checked.
absl::StatusOr<CertificatePtr> MakeCertificate(const Issuer& issuer, const IssueRequest& request,
                                               X509_REQ* pkcs10, absl::Time now);

// A revocation list.
struct RevokedEntry {
  std::string serial;  // Hexadecimal.
  Revocation revocation;
};
struct RevocationList {
  std::int64_t number = 0;  // Grows with each list of an issuer.
  std::vector<RevokedEntry> entries;
};
absl::StatusOr<Bytes> MakeCrl(const Issuer& issuer, const RevocationList& list, absl::Time now);

}  // namespace jpkid::ca
