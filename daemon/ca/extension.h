#pragma once

#include <initializer_list>

#include "absl/status/statusor.h"

#include "daemon/ca/openssl.h"
#include "daemon/certs/certs.h"

// The extensions of the national profile, one function each.
namespace jpkid::ca {

// Bits as RFC 5280, 4.2.1.3 numbers them. Critical.
absl::StatusOr<ExtensionPtr> KeyUsageExtension(std::initializer_list<int> bits);

// The kind's policy, critical where the kind says so.
absl::StatusOr<ExtensionPtr> PolicyExtension(certs::Kind kind);

// A directoryName: these lists are in a directory, not at a URL.
absl::StatusOr<ExtensionPtr> CrlPointExtension(certs::Kind kind);

absl::StatusOr<ExtensionPtr> CaConstraintsExtension();

// `key_id`: of the issuer.
absl::StatusOr<ExtensionPtr> AuthorityKeyIdExtension(const ASN1_OCTET_STRING* key_id);

// SHA-1 of the certificate's public key (RFC 5280, 4.2.1.2, method 1).
absl::StatusOr<ExtensionPtr> SubjectKeyIdExtension(const X509* certificate);

}  // namespace jpkid::ca
