#include "hal/sim/private_key.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "hal/sim/key_source.h"
#include "hal/sim/test_keys.h"

namespace jpkid::hal::sim {
namespace {

TEST(PrivateKey, GeneratesBothAlgorithms) {
  GeneratingKeySource source;
  for (const KeyAlgorithm algorithm : {RSA_2048, EC_P384}) {
    const PrivateKey key = source.NewKey(algorithm).value();
    EXPECT_EQ(key.algorithm(), algorithm);
    const PrivateKey again = PrivateKey::FromDer(key.ToDer()->view()).value();
    EXPECT_EQ(again.algorithm(), algorithm);
    EXPECT_EQ(*again.PublicKeyInfo(), *key.PublicKeyInfo());
  }
  EXPECT_FALSE(source.NewKey(KEY_ALGORITHM_UNSPECIFIED).ok());
}

TEST(PrivateKey, ThePublicKeyAsACardTellsIt) {
  const std::string rsa = ToHex(*TestKey(RSA_2048, 0).PublicKeyTemplate());
  EXPECT_EQ(rsa.substr(0, 18), "7F4982010981820100");
  EXPECT_EQ(rsa.substr(18 + 512), "8203010001");
  const std::string ec = ToHex(*TestKey(EC_P384, 0).PublicKeyTemplate());
  EXPECT_EQ(ec.substr(0, 12), "7F4963866104");
  EXPECT_EQ(ec.size(), 2 * (3 + 2 + 97u));
}

TEST(PrivateKey, RefusesOtherKeys) {
  EXPECT_FALSE(PrivateKey::FromDer({}).ok());
  EXPECT_FALSE(PrivateKey::FromDer(AsBytes("no key")).ok());
  const EvpKey small(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(small.get());
  std::uint8_t* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
  PKCS8_PRIV_KEY_INFO_free(info);
  ASSERT_GT(size, 0);
  EXPECT_FALSE(PrivateKey::FromDer(ByteView(der, static_cast<std::size_t>(size))).ok());
  OPENSSL_free(der);
}

}  // namespace
}  // namespace jpkid::hal::sim
