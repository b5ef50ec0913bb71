#include "daemon/authority.h"

#include <variant>

#include "base/status.h"
#include "daemon/ca/cmp.h"

namespace jpkid {
namespace {

std::vector<ca::CmpIssuer> IssuersOf(const std::vector<config::CmpIssuer>& issuers) {
  std::vector<ca::CmpIssuer> result;
  for (const config::CmpIssuer& issuer : issuers) {
    result.push_back({.certificate_file = issuer.certificate_file, .crl_url = issuer.crl_url});
  }
  return result;
}

ca::CmpOptions CmpOf(const config::CmpCa& cmp, const std::string& key_file) {
  return {.url = cmp.url,
          .proxy = cmp.proxy,
          .tls_trusted_file = cmp.tls_trusted_file,
          .server_certificate_file = cmp.server_certificate_file,
          .server_name = cmp.server_name,
          .trusted_file = cmp.trusted_file,
          .ra_certificate_file = cmp.ra_certificate_file,
          .ra_key_file = cmp.ra_key_file,
          .ra_key_uri = cmp.ra_key_uri,
          .mac_secret_file = cmp.mac_secret_file,
          .mac_reference = cmp.mac_reference,
          .recipient = cmp.recipient,
          .auth = IssuersOf(cmp.auth_issuers),
          .signature = IssuersOf(cmp.signature_issuers),
          .message_timeout = cmp.message_timeout,
          .call_timeout = cmp.call_timeout,
          .list_age = cmp.list_age,
          .state_url = cmp.state_url,
          .key_file = key_file};
}

}  // namespace

absl::Status CheckAuthority(const config::Config& config) {
  const auto* cmp = std::get_if<config::CmpCa>(&config.ca);
  return cmp == nullptr ? absl::OkStatus()
                        : ca::CheckCmpOptions(CmpOf(*cmp, config.holder_key_file));
}

absl::StatusOr<std::unique_ptr<ca::CertificateAuthority>> OpenAuthority(
    const config::Config& config, const Clock& clock) {
  const auto* cmp = std::get_if<config::CmpCa>(&config.ca);
  if (cmp == nullptr) return ca::OpenTrainingCa(std::get<config::EmbeddedCa>(config.ca).dir, clock);
  JPKID_ASSIGN_OR_RETURN(auto authority, ca::OpenCmpCa(CmpOf(*cmp, config.holder_key_file), clock));
  if (authority->training() != (config.purpose == config::Purpose::kTraining)) {
    return Fail(Reason::kTrainingMismatch);
  }
  return authority;
}

}  // namespace jpkid
