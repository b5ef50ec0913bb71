#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"

// Who makes the certificates, as configured. Part of the door, config.h.
namespace jpkid::config {

struct EmbeddedCa {
  std::string dir;

  friend bool operator==(const EmbeddedCa&, const EmbeddedCa&) = default;
};

struct CmpIssuer {
  std::string certificate_file;
  std::string crl_url;  // Or an absolute path.

  friend bool operator==(const CmpIssuer&, const CmpIssuer&) = default;
};

// What config.proto says of each; empty: not given.
struct CmpCa {
  std::string url;
  std::string proxy;
  std::string tls_trusted_file;
  std::string server_certificate_file;
  std::string server_name;
  std::string trusted_file;
  std::string ra_certificate_file;
  std::string ra_key_file;
  std::string ra_key_uri;
  std::string mac_secret_file;
  std::string mac_reference;
  std::string recipient;
  std::vector<CmpIssuer> auth_issuers;
  std::vector<CmpIssuer> signature_issuers;
  absl::Duration message_timeout;
  absl::Duration call_timeout;
  absl::Duration list_age;
  std::string state_url;

  friend bool operator==(const CmpCa&, const CmpCa&) = default;
};

using Authority = std::variant<EmbeddedCa, CmpCa>;

}  // namespace jpkid::config
