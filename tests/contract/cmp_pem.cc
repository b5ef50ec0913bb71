#include "tests/contract/cmp_pem.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "base/file.h"
#include "daemon/ca/openssl.h"

namespace jpkid::ca {
namespace {

BioPtr CertificateText(const Bytes& certificate) {
  BioPtr memory(BIO_new(BIO_s_mem()));
  const CertificatePtr x509 = DecodeCertificate(certificate).value();
  EXPECT_EQ(PEM_write_bio_X509(memory.get(), x509.get()), 1);
  return memory;
}

void Write(const std::string& path, const BioPtr& memory, unsigned mode) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  const absl::string_view content(text, static_cast<std::size_t>(size));
  EXPECT_EQ(ReplaceFile(path, AsBytes(content), mode), absl::OkStatus());
}

}  // namespace

void WriteCertificatePem(const std::string& path, const Bytes& certificate) {
  Write(path, CertificateText(certificate), 0644);
}

void WritePairPem(const std::string& path, const Bytes& certificate, const TestKey& key) {
  const BioPtr memory = CertificateText(certificate);
  EXPECT_EQ(
      PEM_write_bio_PKCS8PrivateKey(memory.get(), key.key(), nullptr, nullptr, 0, nullptr, nullptr),
      1);
  Write(path, memory, 0600);
}

}  // namespace jpkid::ca
