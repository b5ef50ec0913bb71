#include "daemon/rpc/digest_info.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/status.h"

namespace jpkid::rpc {
namespace {

using jpki::v1::SignRequest;

// DigestInfo as OpenSSL encodes it.
Bytes Encoded(int digest_nid, ByteView digest) {
  X509_SIG* info = X509_SIG_new();
  X509_ALGOR* algorithm = nullptr;
  ASN1_OCTET_STRING* octets = nullptr;
  X509_SIG_getm(info, &algorithm, &octets);
  X509_ALGOR_set0(algorithm, OBJ_nid2obj(digest_nid), V_ASN1_NULL, nullptr);
  ASN1_OCTET_STRING_set(octets, digest.data(), static_cast<int>(digest.size()));
  unsigned char* der = nullptr;
  const int size = i2d_X509_SIG(info, &der);
  Bytes encoded(der, der + size);
  OPENSSL_free(der);
  X509_SIG_free(info);
  return encoded;
}

TEST(DigestInfoTest, AsOpenSslWritesIt) {
  struct Row {
    SignRequest::Hash hash;
    int nid;
    std::size_t size;
  };
  for (const Row& row : {Row{SignRequest::HASH_SHA256, NID_sha256, 32},
                         Row{SignRequest::HASH_SHA384, NID_sha384, 48},
                         Row{SignRequest::HASH_SHA512, NID_sha512, 64}}) {
    const Bytes digest(row.size, 0xA5);
    EXPECT_EQ(DigestInfo(row.hash, digest).value(), Encoded(row.nid, digest)) << row.size;
    EXPECT_FALSE(DigestInfo(row.hash, Bytes(row.size - 1)).ok());
    EXPECT_FALSE(DigestInfo(row.hash, Bytes(row.size + 1)).ok());
  }
}

TEST(DigestInfoTest, WithoutAHashTheOctetsAreTakenAsTheyAre) {
  EXPECT_EQ(DigestInfo(SignRequest::HASH_UNSPECIFIED, Bytes(245, 1)).value(), Bytes(245, 1));
  EXPECT_TRUE(
      FailedFor(DigestInfo(SignRequest::HASH_UNSPECIFIED, {}).status(), Reason::kArgumentInvalid));
  EXPECT_EQ(DigestInfo(SignRequest::HASH_UNSPECIFIED, Bytes(246)).status().message(),
            "digest: 1 to 245 octets.");
}

TEST(DigestInfoTest, AnUnknownHashIsRefused) {
  EXPECT_TRUE(FailedFor(DigestInfo(static_cast<SignRequest::Hash>(9), Bytes(32)).status(),
                        Reason::kArgumentInvalid));
}

}  // namespace
}  // namespace jpkid::rpc
