// The section `ca`, with an authority over CMP.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/config_fixture.h"

namespace jpkid::config {
namespace {

constexpr char kIssuers[] =
    " auth_issuer { certificate_file: \"auth.pem\" crl_url: \"http://ca.example/auth.crl\" }"
    " signature_issuer { certificate_file: \"/etc/sig.pem\" crl_url: \"lists/sig.crl\" }";
constexpr char kRa[] = " ra_certificate_file: \"ra.pem\" ra_key_file: \"ra.key\"";
constexpr char kServer[] = " server_certificate_file: \"server.pem\"";
constexpr char kUrl[] = " url: \"http://127.0.0.1:8829/cmp\"";

class Cmp : public ConfigFixture {
 protected:
  static std::string Text(const std::string& inner) { return "ca { cmp {" + inner + " } }"; }
};

TEST_F(Cmp, EverySettingArrives) {
  const auto config =
      Read(Text(std::string(kIssuers) + R"( url: "https://ca.example/cmp" proxy: "http://proxy:3128"
      tls_trusted_file: "tls.pem" server_name: "/C=JP/CN=ca" trusted_file: "trusted.pem"
      ra_certificate_file: "ra.pem" ra_key_uri: "pkcs11:object=ra" recipient: "/CN=ca"
      message_timeout_seconds: 20 call_timeout_seconds: 40 list_age_seconds: 5
      state_url: "sqlite:messages.db")"));
  ASSERT_EQ(config.status(), absl::OkStatus());
  const CmpCa expected = {.url = "https://ca.example/cmp",
                          .proxy = "http://proxy:3128",
                          .tls_trusted_file = "/srv/data/tls.pem",
                          .server_certificate_file = "",
                          .server_name = "/C=JP/CN=ca",
                          .trusted_file = "/srv/data/trusted.pem",
                          .ra_certificate_file = "/srv/data/ra.pem",
                          .ra_key_file = "",
                          .ra_key_uri = "pkcs11:object=ra",
                          .mac_secret_file = "",
                          .mac_reference = "",
                          .recipient = "/CN=ca",
                          .auth_issuers = {{.certificate_file = "/srv/data/auth.pem",
                                            .crl_url = "http://ca.example/auth.crl"}},
                          .signature_issuers = {{.certificate_file = "/etc/sig.pem",
                                                 .crl_url = "/srv/data/lists/sig.crl"}},
                          .message_timeout = absl::Seconds(20),
                          .call_timeout = absl::Seconds(40),
                          .list_age = absl::Seconds(5),
                          .state_url = "sqlite:/srv/data/messages.db"};
  EXPECT_EQ(config->ca, Authority(expected));
}

TEST_F(Cmp, ASecretServesInsteadOfCertificates) {
  const auto config = Read(
      Text(std::string(kUrl) + kIssuers + " mac_secret_file: \"mac\" mac_reference: \"counter\""));
  ASSERT_EQ(config.status(), absl::OkStatus());
  EXPECT_EQ(std::get<CmpCa>(config->ca).mac_secret_file, "/srv/data/mac");
  EXPECT_EQ(std::get<CmpCa>(config->ca).state_url, "sqlite:/srv/data/cmp.db");
}

TEST_F(Cmp, WhatIsMissingIsNamedWithItsPlace) {
  EXPECT_EQ(Refusal(Text("")),
            "FILE:1:6: url is \"http://HOST:PORT/PATH\" or \"https://…\".\n"
            "FILE:1:6: cmp needs server_certificate_file, or server_name and trusted_file.\n"
            "FILE:1:6: cmp needs ra_certificate_file or mac_secret_file.\n"
            "FILE:1:6: cmp needs auth_issuer.\n"
            "FILE:1:6: cmp needs signature_issuer.");
}

TEST_F(Cmp, TrustWithoutANameIsRefused) {
  EXPECT_EQ(Refusal(Text(std::string("\n trusted_file: \"t\"") + kUrl + kIssuers + kRa)),
            "FILE:2:2: server_name and trusted_file go together.");
}

TEST_F(Cmp, AKeyIsInOnePlace) {
  EXPECT_EQ(Refusal(Text("\n ra_certificate_file: \"r\"" + std::string(kUrl) + kIssuers + kServer)),
            "FILE:2:2: ra_certificate_file needs ra_key_file or ra_key_uri, one of them.");
}

TEST_F(Cmp, PlainHttpToAnotherMachineIsWarnedOf) {
  const auto warned = ::testing::Contains(
      ::testing::HasSubstr(":2:2: Requests carry holders' data, and http hides nothing."));
  const auto warnings = [this](const std::string& url) {
    const auto config =
        Read(Text("\n url: \"" + url + "\"" + std::string(kIssuers) + kRa + kServer));
    EXPECT_EQ(config.status(), absl::OkStatus());
    return config->warnings;
  };
  for (const char* url : {"http://ca.example/cmp", "http://localhost.example/cmp"}) {
    EXPECT_THAT(warnings(url), warned) << url;
  }
  for (const char* url : {"http://localhost/cmp", "http://127.0.0.1:8829/cmp", "http://[::1]"}) {
    EXPECT_THAT(warnings(url), ::testing::Not(warned)) << url;
  }
}

TEST_F(Cmp, ProductionNeedsAKeyOfItsOwnForCards) {
  const std::string ca = Text(std::string(kUrl) + kIssuers + kRa + kServer);
  EXPECT_EQ(Refusal("purpose: PRODUCTION municipality: \"sanda\" " + ca),
            "FILE:1:1: purpose is PRODUCTION, but without issuer_master_key_file the training "
            "cards' key would be used.");
  EXPECT_EQ(Refusal("purpose: PRODUCTION issuer_master_key_file: \"k\" " + ca),
            "FILE:1:1: purpose is PRODUCTION, but municipality is \"training\".");
  EXPECT_EQ(Read("purpose: PRODUCTION municipality: \"sanda\" issuer_master_key_file: \"k\" " + ca)
                .status(),
            absl::OkStatus());
}

}  // namespace
}  // namespace jpkid::config
