#include "daemon/ca/request.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>

#include "base/status.h"
#include "daemon/ca/test_key.h"

namespace jpkid::ca {
namespace {

using certs::Algorithm;

Bytes Octets(const BIGNUM* number) {
  Bytes octets(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, octets.data());
  return octets;
}

Bytes NumberOf(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &number), 1);
  const BignumPtr owner(number);
  return Octets(number);
}

TEST(PublicKey, OfAModulusAsACardTellsIt) {
  const TestKey& key = TestKey::Of(Algorithm::kRsa2048Sha256);
  Bytes modulus = NumberOf(key.key(), OSSL_PKEY_PARAM_RSA_N);
  EXPECT_EQ(RsaPublicKey(modulus, FromHex("010001").value()).value(), key.PublicKey());
  modulus.insert(modulus.begin(), 0);  // As an ASN.1 INTEGER would write it.
  EXPECT_EQ(RsaPublicKey(modulus, FromHex("00010001").value()).value(), key.PublicKey());
}

TEST(PublicKey, OfAPointAsACardTellsIt) {
  const TestKey& key = TestKey::Of(Algorithm::kP384Sha384);
  Bytes point(97);
  std::size_t length = 0;
  ASSERT_EQ(EVP_PKEY_get_octet_string_param(key.key(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                            point.data(), point.size(), &length),
            1);
  ASSERT_EQ(length, 97u);
  EXPECT_EQ(P384PublicKey(point).value(), key.PublicKey());
  point[96] ^= 1;  // No longer on the curve.
  EXPECT_TRUE(FailedFor(P384PublicKey(point).status(), Reason::kArgumentInvalid));
}

TEST(PublicKey, WrongSizesAndExponentsAreRefused) {
  const Bytes modulus =
      NumberOf(TestKey::Of(Algorithm::kRsa2048Sha256).key(), OSSL_PKEY_PARAM_RSA_N);
  const Bytes f4 = FromHex("010001").value();
  const auto refused = [](const absl::StatusOr<Bytes>& key) {
    return FailedFor(key.status(), Reason::kArgumentInvalid);
  };
  EXPECT_TRUE(refused(RsaPublicKey(modulus, FromHex("03").value())));
  EXPECT_TRUE(refused(RsaPublicKey(ByteView(modulus).first(255), f4)));
  EXPECT_TRUE(refused(RsaPublicKey(Bytes(512, 0xFF), f4)));
  EXPECT_TRUE(refused(RsaPublicKey({}, f4)));
  EXPECT_TRUE(refused(RsaPublicKey(modulus, {})));
  EXPECT_TRUE(refused(P384PublicKey(Bytes(97, 0x04))));
  EXPECT_TRUE(refused(P384PublicKey(Bytes(96, 0x04))));
  EXPECT_TRUE(refused(P384PublicKey({})));
}

TEST(SignatureInput, IsADigestInfoWithRsaAndTheHashWithEcdsa) {
  EXPECT_EQ(ToHex(SignatureInput(Algorithm::kRsa2048Sha256, AsBytes("abc")).value()),
            // RFC 8017, 9.2, note 1; then SHA-256("abc").
            "3031300D060960864801650304020105000420"
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
  EXPECT_EQ(ToHex(SignatureInput(Algorithm::kP384Sha384, AsBytes("abc")).value()),
            "CB00753F45A35E8BB5A03D699AC65007272C32AB0EDED1631A8B605A43FF5BED"
            "8086072BA1E7CC2358BAECA134C825A7");
}

class Request : public testing::TestWithParam<Algorithm> {
 protected:
  const TestKey& key_ = TestKey::Of(GetParam());

  RequestParts Parts(const std::string& common_name) const {
    return {.algorithm = GetParam(), .public_key = key_.PublicKey(), .common_name = common_name};
  }
};

TEST_P(Request, TheSamePartsMakeTheSameInput) {
  EXPECT_EQ(RequestSignatureInput(Parts("a")).value(), RequestSignatureInput(Parts("a")).value());
  EXPECT_NE(RequestSignatureInput(Parts("a")).value(), RequestSignatureInput(Parts("b")).value());
}

// Signatures that end in zero bits are the ones that a BIT STRING can lose.
TEST_P(Request, EverySignatureSurvivesTheRoundTrip) {
  int even = 0;
  for (int i = 0; i < 40; ++i) {
    const RequestParts parts = Parts("request " + std::to_string(i));
    const Bytes signature = key_.Sign(RequestSignatureInput(parts).value());
    even += signature.back() % 2 == 0;
    const absl::StatusOr<Bytes> request = FinishRequest(parts, signature);
    ASSERT_TRUE(request.ok()) << request.status();
    const unsigned char* place = request->data();
    const RequestPtr read(d2i_X509_REQ(nullptr, &place, static_cast<long>(request->size())));
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(X509_REQ_verify(read.get(), key_.key()), 1);
    EXPECT_EQ(X509_REQ_get_version(read.get()), X509_REQ_VERSION_1);
  }
  EXPECT_GT(even, 0);
}

TEST_P(Request, AnotherSignatureIsRefused) {
  const RequestParts parts = Parts("mine");
  const Bytes other = key_.Sign(RequestSignatureInput(Parts("other")).value());
  EXPECT_TRUE(FailedFor(FinishRequest(parts, other).status(), Reason::kCardAnswerInvalid));
  EXPECT_TRUE(FailedFor(FinishRequest(parts, {}).status(), Reason::kCardAnswerInvalid));
  EXPECT_TRUE(
      FailedFor(FinishRequest(parts, Bytes(other.size())).status(), Reason::kCardAnswerInvalid));
}

TEST_P(Request, AKeyOfTheOtherAlgorithmIsRefused) {
  RequestParts parts = Parts("mixed");
  parts.algorithm =
      GetParam() == Algorithm::kRsa2048Sha256 ? Algorithm::kP384Sha384 : Algorithm::kRsa2048Sha256;
  EXPECT_TRUE(FailedFor(RequestSignatureInput(parts).status(), Reason::kArgumentInvalid));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Request,
                         testing::Values(Algorithm::kRsa2048Sha256, Algorithm::kP384Sha384),
                         [](const auto& param_info) {
                           return param_info.param == Algorithm::kP384Sha384 ? "P384" : "Rsa2048";
                         });

}  // namespace
}  // namespace jpkid::ca
