#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "base/secret.h"
#include "daemon/ca/openssl.h"

// What proves who we are, and the certificates beside it, from files. CA_UNAVAILABLE says what is
// wrong with a file.
namespace jpkid::ca {

// A private key in PEM, in a file that nobody else may read.
absl::StatusOr<KeyPtr> ReadKeyFile(const std::string& path);

// A private key that stays in its PKCS#11 token (RFC 7512), by OpenSSL's engine "pkcs11": Debian 12
// has no provider for that. The module and the PIN's file stand in the URI or in OpenSSL's
// configuration.
absl::StatusOr<KeyPtr> OpenPkcs11Key(const std::string& uri);

// A shared secret: the file's octets without the newline at its end. Nobody else may read it.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

// All certificates in a PEM file, at least one.
absl::StatusOr<std::vector<CertificatePtr>> ReadCertificates(const std::string& path);

// "/C=JP/O=…/CN=…": the parts of a name in their order, by their short names. ARGUMENT_INVALID.
absl::StatusOr<NamePtr> ParseName(const std::string& text);

}  // namespace jpkid::ca
