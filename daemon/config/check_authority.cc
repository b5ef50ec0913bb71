#include "daemon/config/check_authority.h"

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace jpkid::config {
namespace {

bool IsHttp(const std::string& url) {
  return absl::StartsWith(url, "http://") || absl::StartsWith(url, "https://");
}

bool IsLocal(absl::string_view url) {
  for (const absl::string_view local : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    absl::string_view rest = url;
    if (absl::ConsumePrefix(&rest, local) && (rest.empty() || rest[0] == ':' || rest[0] == '/')) {
      return true;
    }
  }
  return false;
}

// `at`: the message itself.
void CheckUrl(const file::CmpCa& cmp, Place at, const Section& section, Findings& findings) {
  if (!IsHttp(cmp.url())) {
    findings.Refuse(cmp.has_url() ? section.At("url") : at,
                    "url is \"http://HOST:PORT/PATH\" or \"https://…\".");
  } else if (absl::StartsWith(cmp.url(), "https://")) {
    if (cmp.tls_trusted_file().empty()) {
      findings.Refuse(section.At("url"), "https needs tls_trusted_file.");
    }
  } else if (!IsLocal(cmp.url())) {
    findings.Warn(section.At("url"), "Requests carry holders' data, and http hides nothing.");
  }
  if (cmp.has_proxy() && !absl::StartsWith(cmp.proxy(), "http://")) {
    findings.Refuse(section.At("proxy"), "proxy is \"http://HOST:PORT\".");
  }
}

// `at`: the message itself.
void CheckServer(const file::CmpCa& cmp, Place at, const Section& section, Findings& findings) {
  const bool pinned = cmp.has_server_certificate_file();
  const bool named = cmp.has_server_name();
  if (named != cmp.has_trusted_file()) {
    findings.Refuse(section.At(named ? "server_name" : "trusted_file"),
                    "server_name and trusted_file go together.");
  } else if (pinned && named) {
    findings.Refuse(section.At("server_name"),
                    "Either server_certificate_file or server_name, not both.");
  } else if (!pinned && !named && !cmp.has_mac_secret_file()) {
    findings.Refuse(at, "cmp needs server_certificate_file, or server_name and trusted_file.");
  }
}

void CheckClient(const file::CmpCa& cmp, Place at, const Section& section, Findings& findings) {
  if (cmp.has_mac_secret_file()) {
    if (!cmp.has_mac_reference()) {
      findings.Refuse(section.At("mac_secret_file"), "mac_secret_file needs mac_reference.");
    }
    if (cmp.has_ra_certificate_file()) {
      findings.Refuse(section.At("mac_secret_file"),
                      "Either mac_secret_file or ra_certificate_file, not both.");
    }
    return;
  }
  if (!cmp.has_ra_certificate_file()) {
    findings.Refuse(at, "cmp needs ra_certificate_file or mac_secret_file.");
  } else if (cmp.has_ra_key_file() == cmp.has_ra_key_uri()) {
    findings.Refuse(section.At("ra_certificate_file"),
                    "ra_certificate_file needs ra_key_file or ra_key_uri, one of them.");
  }
  if (cmp.has_ra_key_uri() && !absl::StartsWith(cmp.ra_key_uri(), "pkcs11:")) {
    findings.Refuse(section.At("ra_key_uri"), "ra_key_uri is \"pkcs11:…\".");
  }
}

void CheckIssuers(const google::protobuf::RepeatedPtrField<file::CmpIssuer>& issuers,
                  const std::string& field, Place at, const Section& section, Findings& findings) {
  if (issuers.empty()) findings.Refuse(at, absl::StrCat("cmp needs ", field, "."));
  for (int i = 0; i < issuers.size(); ++i) {
    if (issuers[i].certificate_file().empty() || issuers[i].crl_url().empty()) {
      findings.Refuse(section.At(field, i), "An issuer needs a certificate_file and a crl_url.");
    }
  }
}

std::string Under(const std::string& dir, const std::string& path) {
  if (path.empty()) return "";
  return (std::filesystem::path(dir) / path).lexically_normal();
}

std::vector<CmpIssuer> ReadIssuers(
    const google::protobuf::RepeatedPtrField<file::CmpIssuer>& issuers, const std::string& dir) {
  std::vector<CmpIssuer> read;
  for (const file::CmpIssuer& issuer : issuers) {
    const std::string& list = issuer.crl_url();
    read.push_back({.certificate_file = Under(dir, issuer.certificate_file()),
                    .crl_url = IsHttp(list) ? list : Under(dir, list)});
  }
  return read;
}

CmpCa ReadCmp(const file::CmpCa& cmp, const std::string& dir) {
  absl::string_view database = cmp.state_url();
  const bool is_file = absl::ConsumePrefix(&database, "sqlite:");
  return {.url = cmp.url(),
          .proxy = cmp.proxy(),
          .tls_trusted_file = Under(dir, cmp.tls_trusted_file()),
          .server_certificate_file = Under(dir, cmp.server_certificate_file()),
          .server_name = cmp.server_name(),
          .trusted_file = Under(dir, cmp.trusted_file()),
          .ra_certificate_file = Under(dir, cmp.ra_certificate_file()),
          .ra_key_file = Under(dir, cmp.ra_key_file()),
          .ra_key_uri = cmp.ra_key_uri(),
          .mac_secret_file = Under(dir, cmp.mac_secret_file()),
          .mac_reference = cmp.mac_reference(),
          .recipient = cmp.recipient(),
          .auth_issuers = ReadIssuers(cmp.auth_issuer(), dir),
          .signature_issuers = ReadIssuers(cmp.signature_issuer(), dir),
          .message_timeout = absl::Seconds(cmp.message_timeout_seconds()),
          .call_timeout = absl::Seconds(cmp.call_timeout_seconds()),
          .list_age = absl::Seconds(cmp.list_age_seconds()),
          .state_url = is_file ? absl::StrCat("sqlite:", Under(dir, std::string(database)))
                               : cmp.state_url()};
}

}  // namespace

void CheckAuthority(const file::CertificateAuthority& ca, const Section& section,
                    Findings& findings) {
  if (!ca.has_cmp()) {
    if (ca.embedded().dir().empty()) {
      findings.Refuse(section.Sub("embedded").At("dir"), "dir is empty.");
    }
    return;
  }
  const file::CmpCa& cmp = ca.cmp();
  const Place at = section.At("cmp");
  const Section inner = section.Sub("cmp");
  CheckUrl(cmp, at, inner, findings);
  CheckServer(cmp, at, inner, findings);
  CheckClient(cmp, at, inner, findings);
  CheckIssuers(cmp.auth_issuer(), "auth_issuer", at, inner, findings);
  CheckIssuers(cmp.signature_issuer(), "signature_issuer", at, inner, findings);
  if (cmp.call_timeout_seconds() < cmp.message_timeout_seconds()) {
    findings.Refuse(inner.At(cmp.has_call_timeout_seconds() ? "call_timeout_seconds"
                                                            : "message_timeout_seconds"),
                    "call_timeout_seconds is less than message_timeout_seconds.");
  }
  const std::string& state = cmp.state_url();
  if ((!absl::StartsWith(state, "sqlite:") || state == "sqlite:") &&
      !absl::StartsWith(state, "postgresql:")) {
    findings.Refuse(inner.At("state_url"), "state_url is \"sqlite:FILE\" or \"postgresql://…\".");
  }
}

Authority ReadAuthority(const file::CertificateAuthority& ca, const std::string& dir) {
  if (ca.has_cmp()) return ReadCmp(ca.cmp(), dir);
  return EmbeddedCa{.dir = Under(dir, ca.embedded().dir())};
}

}  // namespace jpkid::config
