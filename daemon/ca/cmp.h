#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/clock.h"
#include "daemon/ca/ca.h"

// A certificate authority reached over CMP (RFC 4210, in the lightweight profile of RFC 9483).
namespace jpkid::ca {

// A generation of an issuer. Generations share a name and differ in their keys.
struct CmpIssuer {
  std::string certificate_file;  // PEM.
  std::string crl_url;           // http://…, https://… or a file's path; DER.
};

// Files are absolute paths. Empty: not given.
struct CmpOptions {
  std::string url;  // http://HOST:PORT/PATH or https://…
  std::string proxy;
  std::string tls_trusted_file;  // PEM; of https.

  // Whose answers are taken: those signed with the key of this certificate (PEM) …
  std::string server_certificate_file;
  // … or of the one whose subject this is ("/C=JP/O=…/CN=…"), under these authorities (PEM).
  std::string server_name;
  std::string trusted_file;

  // Who asks: a registration authority with a certificate (PEM) and a key, in a PEM file of mode
  // 0600 or in a PKCS#11 token ("pkcs11:…", with its PIN in a file that "pin-source" names) …
  std::string ra_certificate_file;
  std::string ra_key_file;
  std::string ra_key_uri;
  // … or whoever has the secret, a file of mode 0600, that the authority knows by the reference.
  std::string mac_secret_file;
  std::string mac_reference;

  std::string recipient;        // Subject of the authority; not given: of the server's certificate.
  std::vector<CmpIssuer> auth;  // The newest first. At least one of each kind.
  std::vector<CmpIssuer> signature;

  absl::Duration message_timeout = absl::Seconds(30);  // Of one message and its answer.
  absl::Duration call_timeout = absl::Seconds(60);     // Of all messages of one call of the door.
  absl::Duration list_age = absl::Minutes(5);  // A revocation list is fetched anew after that.

  std::string state_url;  // Where transactions are kept (transactions.h).
  std::string key_file;   // Seals them.

  const std::vector<CmpIssuer>& issuers(certs::Kind kind) const {
    return kind == certs::Kind::kAuth ? auth : signature;
  }
};

// Nothing is sent before the first call. A training authority if all its issuers say O=JPKI-SIM.
// ARGUMENT_INVALID for options that cannot work, CA_UNAVAILABLE for files that don't hold what they
// should, TRAINING_MISMATCH for issuers of both worlds. `clock` outlives it.
absl::StatusOr<std::unique_ptr<CertificateAuthority>> OpenCmpCa(const CmpOptions& options,
                                                                const Clock& clock);

// The same failures for what the options name, short of where transactions are kept: read, and left
// as it is.
absl::Status CheckCmpOptions(const CmpOptions& options);

}  // namespace jpkid::ca
