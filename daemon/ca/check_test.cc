#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/request.h"
#include "daemon/ca/test_ca.h"

namespace jpkid::ca {
namespace {

using certs::Algorithm;
using certs::Kind;

absl::Status Unfit(const std::string& detail) {
  return Fail(Reason::kCaAnswerInvalid, {{"detail", detail}});
}

class Check : public testing::Test {
 protected:
  Check() : ca_("check"), auth_(ca_.Issue(Kind::kAuth, "a", key_)) {}

  Expected AuthExpected() const {
    return {.kind = Kind::kAuth,
            .public_key = key_.PublicKey(),
            .not_after = certs::EndOfValidity(absl::CivilDay(2030, 2, 17))};
  }
  absl::Status CheckAuth(const Expected& expected, absl::Time now) const {
    return CheckIssued(auth_.certificate, auth_.ca_certificate, expected, now);
  }

  const TestKey& key_ = TestKey::Of(Algorithm::kRsa2048Sha256);
  const absl::Time now_ = TestCa::Start();
  TestCa ca_;
  const Issued auth_;
};

TEST_F(Check, WhatWasAskedForPasses) {
  EXPECT_EQ(CheckAuth(AuthExpected(), now_), absl::OkStatus());
  const Issued signature = ca_.Issue(Kind::kSignature, "s", key_);
  Expected expected = AuthExpected();
  expected.kind = Kind::kSignature;
  EXPECT_EQ(CheckIssued(signature.certificate, signature.ca_certificate, expected, now_),
            absl::OkStatus());
}

TEST_F(Check, AnotherKeyKindOrEndIsNamed) {
  Expected expected = AuthExpected();
  expected.public_key = TestKey::Of(Algorithm::kP384Sha384).PublicKey();
  EXPECT_EQ(CheckAuth(expected, now_), Unfit("another public key"));
  expected = AuthExpected();
  expected.kind = Kind::kSignature;
  EXPECT_EQ(CheckAuth(expected, now_), Unfit("policy"));
  expected = AuthExpected();
  expected.not_after += absl::Seconds(1);
  EXPECT_EQ(CheckAuth(expected, now_), Unfit("another end of validity"));
}

TEST_F(Check, ValidityIsLookedAt) {
  EXPECT_EQ(CheckAuth(AuthExpected(), now_ - kClocksDiffer), absl::OkStatus());
  EXPECT_EQ(CheckAuth(AuthExpected(), now_ - kClocksDiffer - absl::Seconds(1)),
            Unfit("certificate is not yet valid"));
  EXPECT_EQ(CheckAuth(AuthExpected(), AuthExpected().not_after - absl::Seconds(1)),
            absl::OkStatus());
  EXPECT_EQ(CheckAuth(AuthExpected(), AuthExpected().not_after + absl::Seconds(2)),
            Unfit("certificate has expired"));
}

// Same name, other key: the generations of the production authority are like that.
TEST_F(Check, TheOtherAuthorityOfTheSameNameIsRefused) {
  TestCa other("check-other", /*fresh=*/true);
  const Issued foreign = other.Issue(Kind::kAuth, "a", key_);
  EXPECT_EQ(ReadCertificate(foreign.ca_certificate).value().subject,
            ReadCertificate(auth_.ca_certificate).value().subject);
  EXPECT_TRUE(
      FailedFor(CheckIssued(auth_.certificate, foreign.ca_certificate, AuthExpected(), now_),
                Reason::kCaAnswerInvalid));
}

// A citizen's certificate is no authority, whatever it signed.
TEST_F(Check, ACertificateThatMayNotIssueIsNoAuthority) {
  EXPECT_TRUE(FailedFor(CheckIssued(auth_.certificate, auth_.certificate, AuthExpected(), now_),
                        Reason::kCaAnswerInvalid));
  Expected expected = AuthExpected();
  expected.public_key = ReadCertificate(auth_.ca_certificate).value().public_key;
  expected.not_after = ReadCertificate(auth_.ca_certificate).value().not_after;
  EXPECT_EQ(CheckIssued(auth_.ca_certificate, auth_.ca_certificate, expected, now_),
            Unfit("policy"));
}

TEST_F(Check, OneChangedOctetIsNoticedAnywhere) {
  const Expected expected = AuthExpected();
  for (std::size_t i = 0; i < auth_.certificate.size(); i += 7) {
    Bytes changed = auth_.certificate;
    changed[i] ^= 0x01;
    EXPECT_TRUE(FailedFor(CheckIssued(changed, auth_.ca_certificate, expected, now_),
                          Reason::kCaAnswerInvalid))
        << "octet " << i;
  }
}

TEST_F(Check, WhatIsNoCertificateIsRefused) {
  Bytes longer = auth_.certificate;
  longer.push_back(0);
  EXPECT_TRUE(FailedFor(ReadCertificate(longer).status(), Reason::kArgumentInvalid));
  EXPECT_TRUE(FailedFor(ReadCertificate({}).status(), Reason::kArgumentInvalid));
  EXPECT_EQ(CheckIssued(longer, auth_.ca_certificate, AuthExpected(), now_),
            Unfit("not a certificate"));
  EXPECT_EQ(CheckIssued(auth_.certificate, {}, AuthExpected(), now_), Unfit("not a certificate"));
}

TEST_F(Check, ReadingGivesWhatIsShown) {
  const Certificate read =
      ReadCertificate(ca_.Issue(Kind::kSignature, "s", key_).certificate).value();
  EXPECT_EQ(read.issuer, "OU=Training authority,OU=JPKI for digital signature,O=JPKI-SIM,C=JP");
  EXPECT_EQ(read.subject.substr(29), ",L=Sanda-shi,L=Hyogo-ken,C=JP");
  EXPECT_EQ(read.not_before, now_);
  EXPECT_EQ(read.not_after, certs::EndOfValidity(absl::CivilDay(2030, 2, 17)));
  EXPECT_EQ(read.kind, Kind::kSignature);
  EXPECT_EQ(ReadCertificate(auth_.ca_certificate).value().kind, std::nullopt);
}

TEST_F(Check, ASignatureIsItsKeys) {
  for (const Algorithm algorithm : {Algorithm::kRsa2048Sha256, Algorithm::kP384Sha384}) {
    const TestKey& key = TestKey::Of(algorithm);
    const Issued issued =
        ca_.Issue(Kind::kAuth, "k" + std::to_string(static_cast<int>(algorithm)), key);
    const Bytes challenge = ToBytes(AsBytes("a challenge"));
    Bytes signature = key.Sign(SignatureInput(algorithm, challenge).value());
    EXPECT_EQ(VerifySignature(issued.certificate, challenge, signature), absl::OkStatus());
    EXPECT_EQ(VerifySignature(issued.certificate, AsBytes("another"), signature),
              Fail(Reason::kProofFailed, {{"kind", "auth"}}));
    signature[40] ^= 1;
    EXPECT_EQ(VerifySignature(issued.certificate, challenge, signature),
              Fail(Reason::kProofFailed, {{"kind", "auth"}}));
    EXPECT_TRUE(
        FailedFor(VerifySignature(issued.certificate, challenge, {}), Reason::kCardAnswerInvalid));
  }
}

}  // namespace
}  // namespace jpkid::ca
