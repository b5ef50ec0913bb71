#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "daemon/ca/openssl.h"
#include "daemon/certs/certs.h"

namespace jpkid::ca {

// One issuer of the training authority: a key, its self-signed certificate, and what is alike in
// all that it signs.
struct Issuer {
  certs::Kind kind = certs::Kind::kAuth;
  KeyPtr key;
  CertificatePtr certificate;
  Bytes der;                             // The certificate again.
  std::vector<ExtensionPtr> extensions;  // Key usage, policy, place of the CRL, issuer's key id.
};

// The issuer of `kind` in `directory`: one PEM file, "auth-ca.pem", with certificate and key, mode
// 0600, made by whoever comes first. CA_UNAVAILABLE for a file that others may read or that does
// not hold a pair.
absl::StatusOr<Issuer> OpenIssuer(const std::string& directory, certs::Kind kind, absl::Time now);

}  // namespace jpkid::ca
