#include "daemon/card/public_key.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/status.h"

namespace jpkid::card {
namespace {

using certs::Algorithm;

// The generator of P-384 (SEC 2, 2.5.1): a point on the curve.
constexpr char kPoint[] =
    "04AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E387276"
    "0A"
    "B73617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA"
    "0E"
    "5F";

// Of a key made for this test and forgotten.
constexpr char kModulus[] =
    "A16986BDE283D3B574891A956909186D20A5FF395ECE584708521A83CC712272B56349A610B2B58224C7202A"
    "1CA78C8D74C8915A30F9329D8AC2282D26AD66BE152CDB9FD05C062A9AF0864053E272E8A58003F197290194"
    "D909F612418CCCEAB2DBDA5F796D65DF44A613FB9220EC19C55CF23F547D30879E5981687E8EB1A59C01C8A3"
    "8EE859F2CAED19B9E00DA4CD1296999C8A805A20A9F33093DD8651E5962FC30D41492DB3ABABD53A78697815"
    "0B17B02BDB596932FC53A3ABDCAB555797DB3542A582BC75B9419D1EA807BC9E9471DD6B3BB48659FC6E5847"
    "8C5F0C50D5308AB7CF4DFB3E3CDCED825BB9939D9663AC300F2EEACCE1460546D916512F";

std::string RsaAnswer(const std::string& modulus, const std::string& exponent) {
  return "7F49820109 81820100" + modulus + "82" +
         ToHex(Bytes{static_cast<std::uint8_t>(exponent.size() / 2)}) + exponent;
}
absl::StatusOr<Bytes> Read(Algorithm algorithm, const std::string& answer) {
  return SubjectPublicKeyInfo(algorithm, FromHex(answer).value());
}
std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> Decode(const Bytes& der) {
  const std::uint8_t* at = der.data();
  return {d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())), EVP_PKEY_free};
}

TEST(SubjectPublicKeyInfo, Rsa2048) {
  const Bytes der = Read(Algorithm::kRsa2048Sha256, RsaAnswer(kModulus, "010001")).value();
  // RFC 8017, A.1.1 and RFC 3279, 2.3.1: everything but the modulus is always the same.
  EXPECT_EQ(ToHex(der),
            std::string("30820122300D06092A864886F70D01010105000382010F003082010A0282010100") +
                kModulus + "0203010001");
  EXPECT_EQ(EVP_PKEY_get_bits(Decode(der).get()), 2048);
}

TEST(SubjectPublicKeyInfo, P384) {
  const Bytes der = Read(Algorithm::kP384Sha384, std::string("7F4963 8661") + kPoint).value();
  // RFC 5480, 2.1.1: id-ecPublicKey, secp384r1, the point.
  EXPECT_EQ(ToHex(der), std::string("3076301006072A8648CE3D020106052B81040022036200") + kPoint);
  EXPECT_EQ(EVP_PKEY_get_bits(Decode(der).get()), 384);
}

TEST(SubjectPublicKeyInfo, RefusesWhatIsNoSuchKey) {
  const std::string modulus = kModulus;
  std::string short_modulus = modulus;
  short_modulus[0] = '0';  // 2044 bits.
  std::string even = modulus;
  even.back() = '0';
  for (const std::string& answer :
       {std::string(), std::string("7F4900"), std::string("8101AA"),
        RsaAnswer(short_modulus, "010001"), RsaAnswer(even, "010001"), RsaAnswer(modulus, "000003"),
        "7F4963 8661" + std::string(kPoint), RsaAnswer(modulus, "010001").substr(0, 501)}) {
    EXPECT_TRUE(
        FailedFor(Read(Algorithm::kRsa2048Sha256, answer).status(), Reason::kCardAnswerInvalid))
        << answer;
  }
  std::string off_curve = kPoint;
  off_curve.back() = 'E';
  std::string compressed = kPoint;
  compressed[1] = '2';
  for (const std::string& answer :
       {"7F4963 8661" + off_curve, "7F4963 8661" + compressed, "7F4962 8660" + off_curve.substr(2),
        RsaAnswer(modulus, "010001")}) {
    EXPECT_TRUE(
        FailedFor(Read(Algorithm::kP384Sha384, answer).status(), Reason::kCardAnswerInvalid))
        << answer;
  }
}

}  // namespace
}  // namespace jpkid::card
