// Who is believed: the authority's server and nobody else, and by the server the registration
// authorities and nobody else.

#include "absl/strings/str_cat.h"

#include "base/file.h"
#include "base/status.h"
#include "tests/contract/cmp_authority.h"
#include "tests/contract/cmp_pem.h"

namespace jpkid::ca {
namespace {

using certs::Algorithm;
using certs::Kind;

IssueRequest Request(const std::string& id) {
  return TestCa::Request(Kind::kAuth, id, TestKey::Of(Algorithm::kP384Sha384));
}

class CmpTrust : public testing::Test {
 protected:
  // A citizen, who lends the server and others a certificate of the authority and its key.
  CmpTrust() {
    const Answer answer = authority_.book().Submit(Request("citizen")).value();
    WritePairPem(authority_.ca_dir() + "/impostor.pem", std::get<Issued>(answer).certificate,
                 TestKey::Of(Algorithm::kP384Sha384));
  }
  CertificateAuthority& ca() { return authority_.ca(); }

  // By the server's name, under the issuers.
  void TrustByName(const std::string& name) {
    CmpOptions& options = authority_.options();
    options.server_certificate_file.clear();
    options.server_name = name;
    options.trusted_file = options.auth[0].certificate_file;
    authority_.Restart();
  }

  CmpAuthority authority_{"trust"};
};

TEST_F(CmpTrust, ACitizensCertificateIsNotThePinnedServer) {
  authority_.Tell("impostor any 1");
  const IssueRequest request = Request("t1");
  const absl::Status status = ca().Submit(request).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaProtectionInvalid)) << status;
  EXPECT_TRUE(std::holds_alternative<Issued>(ca().Submit(request).value()));
}

TEST_F(CmpTrust, ACitizensCertificateIsNotTheExpectedServer) {
  TrustByName("/C=JP/O=JPKI-SIM/CN=CMP server");
  authority_.Tell("impostor any 1");
  const IssueRequest request = Request("t1");
  const absl::Status status = ca().Submit(request).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaProtectionInvalid)) << status;
  EXPECT_TRUE(std::holds_alternative<Issued>(ca().Submit(request).value()));
}

TEST_F(CmpTrust, AnotherServerIsNotTheExpectedOne) {
  TrustByName("/C=JP/O=JPKI-SIM/CN=Another server");
  const absl::Status status = ca().Submit(Request("t1")).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaProtectionInvalid)) << status;
}

TEST_F(CmpTrust, TrustWithoutANameIsRefused) {
  CmpOptions options = authority_.options();
  options.server_certificate_file.clear();
  options.trusted_file = options.auth[0].certificate_file;
  EXPECT_TRUE(FailedFor(OpenCmpCa(options, SystemClock()).status(), Reason::kArgumentInvalid));
}

TEST_F(CmpTrust, ACitizensCertificateIsNoRegistrationAuthority) {
  CmpOptions& options = authority_.options();
  options.ra_certificate_file = authority_.ca_dir() + "/impostor.pem";
  options.ra_key_file = options.ra_certificate_file;
  authority_.Restart();
  const int before = authority_.CountCertificates();
  const absl::Status status = ca().Submit(Request("t1")).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaRejected)) << status;
  EXPECT_EQ(authority_.CountCertificates(), before);
}

TEST_F(CmpTrust, AnotherSecretIsNoRegistrationAuthorityEither) {
  CmpOptions& options = authority_.options();
  options.ra_certificate_file.clear();
  options.ra_key_file.clear();
  options.mac_secret_file = authority_.directory() + "/mac";
  options.mac_reference = "counter";
  ASSERT_EQ(ReplaceFile(options.mac_secret_file, AsBytes("guessed"), 0600), absl::OkStatus());
  authority_.Restart();
  const int before = authority_.CountCertificates();
  const absl::Status status = ca().Submit(Request("t1")).status();
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(authority_.CountCertificates(), before);
}

TEST_F(CmpTrust, AKeyThatOthersMayReadIsRefused) {
  CmpOptions options = authority_.options();
  options.ra_key_file = authority_.directory() + "/open.pem";
  const Bytes key = ReadFile(options.ra_certificate_file, 1 << 20).value();
  ASSERT_EQ(ReplaceFile(options.ra_key_file, key, 0640), absl::OkStatus());
  const absl::Status status = OpenCmpCa(options, SystemClock()).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaUnavailable)) << status;
}

TEST_F(CmpTrust, AKeyThatIsNotTheCertificatesIsRefused) {
  CmpOptions options = authority_.options();
  options.ra_key_file = authority_.ca_dir() + "/impostor.pem";
  EXPECT_TRUE(FailedFor(OpenCmpCa(options, SystemClock()).status(), Reason::kCaUnavailable));
}

// Two generations under one name, of which the key tells which.
TEST_F(CmpTrust, TheIssuerIsChosenByItsKey) {
  TestCa other("cmp-other-generation", true);
  const Issued foreign = other.Issue(Kind::kAuth, "x", TestKey::Of(Algorithm::kP384Sha384));
  const std::string path = authority_.directory() + "/other.pem";
  WriteCertificatePem(path, foreign.ca_certificate);
  const std::string list = authority_.directory() + "/other.crl";
  ASSERT_EQ(ReplaceFile(list, other->Crl(Kind::kAuth).value(), 0644), absl::OkStatus());

  CmpOptions& options = authority_.options();
  const CmpIssuer ours = options.auth[0];
  options.auth = {{.certificate_file = path, .crl_url = list}, ours};
  authority_.Restart();
  const Issued issued = std::get<Issued>(ca().Submit(Request("t1")).value());
  const Answer known = authority_.book().Poll("citizen").value();
  EXPECT_EQ(issued.ca_certificate, std::get<Issued>(known).ca_certificate);
  const std::string serial = ReadCertificate(issued.certificate).value().serial;
  EXPECT_EQ(ca().StatusOf(Kind::kAuth, serial).value().state, BookEntry::State::kGood);

  // A list under the right name by the wrong key is nobody's.
  options.auth = {{.certificate_file = ours.certificate_file, .crl_url = list}};
  authority_.Restart();
  EXPECT_TRUE(FailedFor(ca().StatusOf(Kind::kAuth, serial).status(), Reason::kCaUnavailable));
  // Nor is a certificate by a key that nobody configured.
  options.auth = {{.certificate_file = path, .crl_url = list}};
  authority_.Restart();
  EXPECT_TRUE(FailedFor(ca().Submit(Request("t2")).status(), Reason::kCaAnswerInvalid));
}

}  // namespace
}  // namespace jpkid::ca
