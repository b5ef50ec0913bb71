// A refusal leaves no trace: its transaction id is still free.

#include <openssl/rsa.h>

#include "base/status.h"
#include "daemon/ca/openssl.h"
#include "tests/contract/ca_contract.h"

namespace jpkid::ca {
using certs::Algorithm;
using certs::Kind;

void CaRefusal::ExpectRefused(const IssueRequest& request, const char* what) {
  const absl::Status status = Obtain(request).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaRejected)) << what << ": " << status;
  if (request.holder.has_value()) {
    EXPECT_EQ(status.ToString().find(request.holder->name), std::string::npos) << what;
  }
  EXPECT_TRUE(Obtain(Request(Kind::kAuth, "after-" + std::to_string(++refusals_))).ok()) << what;
}

namespace {

// A request that OpenSSL made of a key of any size, with any hash.
Bytes ForeignRequest(const KeyPtr& key, const EVP_MD* hash) {
  const RequestPtr request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key.get());
  EXPECT_GT(X509_REQ_sign(request.get(), key.get(), hash), 0);
  return Encode([&](unsigned char** place) { return i2d_X509_REQ(request.get(), place); }).value();
}

KeyPtr RsaKey(unsigned bits, unsigned exponent) {
  const OpensslPtr<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  const BignumPtr number(BN_new());
  BN_set_word(number.get(), exponent);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits));
  EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), number.get());
  EXPECT_EQ(EVP_PKEY_generate(context.get(), &key), 1);
  return KeyPtr(key);
}

TEST_P(CaRefusal, AUsedTransactionIdWithAnotherRequest) {
  const IssueRequest first = Request(Kind::kSignature, "t1");
  const Issued issued = Obtain(first).value();
  IssueRequest other = first;
  other.request = Request(Kind::kSignature, "t1", Algorithm::kRsa2048Sha256).request;
  ExpectRefused(other, "another key");
  other = first;
  other.last_day += 1;
  ExpectRefused(other, "another last day");
  other = first;
  other.holder->address += "号";
  ExpectRefused(other, "another address");
  other = Request(Kind::kAuth, "t1");
  other.request = first.request;
  ExpectRefused(other, "another kind");
  EXPECT_EQ(Obtain(first).value().certificate, issued.certificate);
}

TEST_P(CaRefusal, NoProofOfPossession) {
  IssueRequest request = Request(Kind::kAuth, "t1", Algorithm::kRsa2048Sha256);
  const Bytes good = request.request;
  request.request.back() ^= 1;
  ExpectRefused(request, "signature");
  request.request = good;
  request.request[good.size() / 4] ^= 1;
  ExpectRefused(request, "content");
  request.request = good;
  EXPECT_TRUE(Obtain(request).ok());
}

TEST_P(CaRefusal, WhatIsNoRequest) {
  IssueRequest request = Request(Kind::kAuth, "t1");
  request.request.push_back(0);
  ExpectRefused(request, "more behind it");
  request.request.resize(request.request.size() / 2);
  ExpectRefused(request, "cut off");
  request.request.clear();
  ExpectRefused(request, "empty");
}

TEST_P(CaRefusal, KeysAndHashesOfNoCardProfile) {
  IssueRequest request = Request(Kind::kAuth, "t1");
  request.request = ForeignRequest(RsaKey(1024, RSA_F4), EVP_sha256());
  ExpectRefused(request, "RSA-1024");
  request.request = ForeignRequest(RsaKey(3072, RSA_F4), EVP_sha256());
  ExpectRefused(request, "RSA-3072");
  request.request = ForeignRequest(RsaKey(2048, 3), EVP_sha256());
  ExpectRefused(request, "exponent 3");
  request.request = ForeignRequest(KeyPtr(EVP_EC_gen("P-256")), EVP_sha256());
  ExpectRefused(request, "P-256");
  const KeyPtr rsa = RsaKey(2048, RSA_F4);
  request.request = ForeignRequest(rsa, EVP_sha1());
  ExpectRefused(request, "RSA with SHA-1");
  request.request = ForeignRequest(rsa, EVP_sha512());
  ExpectRefused(request, "RSA with SHA-512");
  request.request = ForeignRequest(KeyPtr(EVP_EC_gen("P-384")), EVP_sha256());
  ExpectRefused(request, "P-384 with SHA-256");
}

TEST_P(CaRefusal, ValidityThatNoRuleGives) {
  const absl::CivilDay today = absl::ToCivilDay(under_test_->Now(), Tokyo());
  IssueRequest request = Request(Kind::kAuth, "t1", Algorithm::kRsa2048Sha256);
  request.last_day = today - 1;
  ExpectRefused(request, "yesterday");
  request.last_day = absl::CivilDay(today.year() + 6, today.month(), today.day()) + 1;
  ExpectRefused(request, "past the sixth year");
  request.last_day = today;
  EXPECT_TRUE(Obtain(request).ok());
}

TEST_P(CaRefusal, AnAttestationThatDoesNotFitTheKind) {
  IssueRequest request = Request(Kind::kSignature, "t1");
  request.holder.reset();
  ExpectRefused(request, "no holder");
  request = Request(Kind::kSignature, "t1");
  request.residence.reset();
  ExpectRefused(request, "no residence");
  request = Request(Kind::kSignature, "t1");
  request.residence->municipality = "三田市";
  ExpectRefused(request, "residence not in Roman letters");
  request = Request(Kind::kSignature, "t1");
  request.holder->substituted_name = "0";
  ExpectRefused(request, "flags");
  request = Request(Kind::kAuth, "t1");
  request.holder = TestCa::Hanako();
  ExpectRefused(request, "personal data for auth");
}

TEST_P(CaRefusal, TransactionIdsThatAreNone) {
  for (const std::string& id : {std::string(), std::string(65, 'a'), std::string("a b"),
                                std::string("a\n"), std::string("a'--")}) {
    IssueRequest request = Request(Kind::kAuth, "t1");
    request.transaction_id = id;
    EXPECT_TRUE(FailedFor(ca().Submit(request).status(), Reason::kCaRejected)) << id;
  }
}

}  // namespace
}  // namespace jpkid::ca
