#include "tests/contract/ca_contract.h"

#include <algorithm>

#include <openssl/x509_vfy.h>

#include "base/status.h"
#include "daemon/ca/openssl.h"

namespace jpkid::ca {

using certs::Algorithm;
using certs::Kind;

CaContract::CaContract() {
  std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  std::replace(name.begin(), name.end(), '/', '-');
  under_test_ = GetParam().make(name);
}

IssueRequest CaContract::Request(Kind kind, const std::string& transaction_id,
                                 Algorithm algorithm) const {
  IssueRequest request = TestCa::Request(kind, transaction_id, TestKey::Of(algorithm));
  request.last_day = absl::ToCivilDay(under_test_->Now(), Tokyo()) + 365;
  return request;
}

absl::StatusOr<Issued> CaContract::Obtain(const IssueRequest& request) {
  absl::StatusOr<Answer> answer = ca().Submit(request);
  for (int i = 0; i < 100 && answer.ok() && std::holds_alternative<Waiting>(*answer); ++i) {
    under_test_->Pass(std::get<Waiting>(*answer).poll_after);
    answer = ca().Poll(request.transaction_id);
  }
  JPKID_RETURN_IF_ERROR(answer.status());
  return std::get<Issued>(*answer);
}

std::string CaContract::ObtainSerial(Kind kind, const std::string& transaction_id) {
  return ReadCertificate(Obtain(Request(kind, transaction_id)).value().certificate).value().serial;
}

int CaContract::VerifyWithCrl(const Issued& issued, Kind kind) {
  const Bytes der = ca().Crl(kind).value();
  const unsigned char* place = der.data();
  CrlPtr crl(d2i_X509_CRL(nullptr, &place, static_cast<long>(der.size())));
  const CertificatePtr leaf = DecodeCertificate(issued.certificate).value();
  const CertificatePtr authority = DecodeCertificate(issued.ca_certificate).value();
  const OpensslPtr<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), authority.get());
  X509_STORE_add_crl(store.get(), crl.get());
  const OpensslPtr<X509_STORE_CTX, X509_STORE_CTX_free> verification(X509_STORE_CTX_new());
  X509_STORE_CTX_init(verification.get(), store.get(), leaf.get(), nullptr);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(under_test_->Now()));
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_X509_STRICT);
  X509_verify_cert(verification.get());
  return X509_STORE_CTX_get_error(verification.get());
}

namespace {

TEST_P(CaContract, EveryKindAndKeyGetsTheCertificateThatWasAskedFor) {
  for (const Kind kind : certs::kAllKinds) {
    for (const Algorithm algorithm : {Algorithm::kRsa2048Sha256, Algorithm::kP384Sha384}) {
      const std::string id =
          std::string(certs::Name(kind)) + "-" + std::string(certs::Row(algorithm).name);
      const IssueRequest request = Request(kind, id, algorithm);
      const absl::StatusOr<Issued> issued = Obtain(request);
      ASSERT_TRUE(issued.ok()) << id << issued.status();
      EXPECT_EQ(CheckIssued(issued->certificate, issued->ca_certificate,
                            {.kind = kind,
                             .public_key = TestKey::Of(algorithm).PublicKey(),
                             .not_after = certs::EndOfValidity(request.last_day)},
                            under_test_->Now()),
                absl::OkStatus());
    }
  }
}

TEST_P(CaContract, ARepeatGetsTheSameCertificateAlsoAfterARestart) {
  const IssueRequest request = Request(Kind::kAuth, "t1");
  const Issued first = Obtain(request).value();
  EXPECT_EQ(Obtain(request).value().certificate, first.certificate);
  under_test_->Restart();
  EXPECT_EQ(Obtain(request).value().certificate, first.certificate);
  under_test_->Restart();
  const Answer polled = ca().Poll("t1").value();
  ASSERT_TRUE(std::holds_alternative<Issued>(polled));
  EXPECT_EQ(std::get<Issued>(polled).certificate, first.certificate);
  EXPECT_EQ(std::get<Issued>(polled).ca_certificate, first.ca_certificate);
}

TEST_P(CaContract, AnotherTransactionGetsAnotherCertificate) {
  EXPECT_NE(ObtainSerial(Kind::kAuth, "t1"), ObtainSerial(Kind::kAuth, "t2"));
}

TEST_P(CaContract, ConfirmingMayBeRepeated) {
  const IssueRequest request = Request(Kind::kAuth, "t1");
  const Issued issued = Obtain(request).value();
  EXPECT_EQ(ca().Confirm("t1"), absl::OkStatus());
  under_test_->Restart();
  EXPECT_EQ(ca().Confirm("t1"), absl::OkStatus());
  EXPECT_EQ(Obtain(request).value().certificate, issued.certificate);
}

TEST_P(CaContract, TheBookSaysGoodUntilItSaysRevoked) {
  const std::string serial = ObtainSerial(Kind::kSignature, "t1");
  EXPECT_EQ(ca().StatusOf(Kind::kSignature, serial).value().state, BookEntry::State::kGood);
  const absl::Time at = under_test_->Now();
  EXPECT_EQ(ca().Revoke(Kind::kSignature, serial, RevocationReason::kSuperseded), absl::OkStatus());
  under_test_->Restart();
  const BookEntry entry = ca().StatusOf(Kind::kSignature, serial).value();
  EXPECT_EQ(entry.state, BookEntry::State::kRevoked);
  ASSERT_TRUE(entry.revocation.has_value());
  EXPECT_EQ(entry.revocation->reason, RevocationReason::kSuperseded);
  EXPECT_EQ(entry.revocation->at, at);
}

TEST_P(CaContract, ARepeatedRevocationSucceedsAndChangesNothing) {
  const std::string serial = ObtainSerial(Kind::kAuth, "t1");
  const absl::Time at = under_test_->Now();
  EXPECT_EQ(ca().Revoke(Kind::kAuth, serial, RevocationReason::kKeyCompromise), absl::OkStatus());
  under_test_->Pass(absl::Hours(1));
  EXPECT_EQ(ca().Revoke(Kind::kAuth, serial, RevocationReason::kSuperseded), absl::OkStatus());
  const BookEntry entry = ca().StatusOf(Kind::kAuth, serial).value();
  EXPECT_EQ(entry.revocation->reason, RevocationReason::kKeyCompromise);
  EXPECT_EQ(entry.revocation->at, at);
}

TEST_P(CaContract, AHoldMayBecomeFinal) {
  const std::string serial = ObtainSerial(Kind::kAuth, "t1");
  EXPECT_EQ(ca().Revoke(Kind::kAuth, serial, RevocationReason::kCertificateHold), absl::OkStatus());
  EXPECT_EQ(ca().Revoke(Kind::kAuth, serial, RevocationReason::kCessationOfOperation),
            absl::OkStatus());
  EXPECT_EQ(ca().StatusOf(Kind::kAuth, serial).value().revocation->reason,
            RevocationReason::kCessationOfOperation);
}

// A certificate that never reached its card and was revoked must not come into force by a late
// repeat.
TEST_P(CaContract, WhatIsRevokedIsNotConfirmed) {
  const std::string serial = ObtainSerial(Kind::kAuth, "t1");
  EXPECT_EQ(ca().Revoke(Kind::kAuth, serial, RevocationReason::kCessationOfOperation),
            absl::OkStatus());
  EXPECT_TRUE(FailedFor(ca().Confirm("t1"), Reason::kCaRejected));
}

TEST_P(CaContract, WhatTheBookDoesNotHoldIsUnknown) {
  const std::string serial = ObtainSerial(Kind::kAuth, "t1");
  const std::string other = "4" + std::string(31, '0');
  const BookEntry::State unknown =
      under_test_->TellsUnknown() ? BookEntry::State::kUnknown : BookEntry::State::kGood;
  EXPECT_EQ(ca().StatusOf(Kind::kAuth, other).value().state, unknown);
  EXPECT_EQ(ca().StatusOf(Kind::kSignature, serial).value().state, unknown);
  EXPECT_TRUE(FailedFor(ca().Revoke(Kind::kSignature, serial, RevocationReason::kSuperseded),
                        Reason::kCaRejected));
  EXPECT_TRUE(FailedFor(ca().Poll("t2").status(), Reason::kCaRejected));
  EXPECT_TRUE(FailedFor(ca().Confirm("t2"), Reason::kCaRejected));
}

TEST_P(CaContract, TheListSaysWhatIsRevoked) {
  const Issued kept = Obtain(Request(Kind::kAuth, "kept")).value();
  const Issued lost = Obtain(Request(Kind::kAuth, "lost")).value();
  EXPECT_EQ(VerifyWithCrl(lost, Kind::kAuth), X509_V_OK);
  EXPECT_EQ(ca().Revoke(Kind::kAuth, ReadCertificate(lost.certificate).value().serial,
                        RevocationReason::kSuperseded),
            absl::OkStatus());
  EXPECT_EQ(VerifyWithCrl(lost, Kind::kAuth), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(VerifyWithCrl(kept, Kind::kAuth), X509_V_OK);
}

TEST_P(CaContract, TheOtherIssuersListDoesNotServe) {
  const Issued issued = Obtain(Request(Kind::kAuth, "t1")).value();
  EXPECT_EQ(VerifyWithCrl(issued, Kind::kSignature), X509_V_ERR_UNABLE_TO_GET_CRL);
}

}  // namespace
}  // namespace jpkid::ca
