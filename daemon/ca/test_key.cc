#include "daemon/ca/test_key.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "daemon/ca/request.h"

namespace jpkid::ca {

TestKey::TestKey(certs::Algorithm algorithm)
    : algorithm_(algorithm),
      key_(algorithm == certs::Algorithm::kRsa2048Sha256 ? EVP_RSA_gen(2048)
                                                         : EVP_EC_gen("P-384")) {}

const TestKey& TestKey::Of(certs::Algorithm algorithm) {
  static const auto* const kRsa = new TestKey(certs::Algorithm::kRsa2048Sha256);
  static const auto* const kP384 = new TestKey(certs::Algorithm::kP384Sha384);
  return algorithm == certs::Algorithm::kRsa2048Sha256 ? *kRsa : *kP384;
}

Bytes TestKey::PublicKey() const {
  return Encode([&](unsigned char** place) { return i2d_PUBKEY(key_.get(), place); }).value();
}

Bytes TestKey::Sign(ByteView input) const {
  using ContextPtr = OpensslPtr<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
  const ContextPtr context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  EVP_PKEY_sign_init(context.get());
  const bool rsa = algorithm_ == certs::Algorithm::kRsa2048Sha256;
  if (rsa) EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING);
  std::size_t length = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
  Bytes signature(length);
  if (EVP_PKEY_sign(context.get(), signature.data(), &length, input.data(), input.size()) != 1) {
    return {};
  }
  signature.resize(length);
  if (rsa) return signature;
  const unsigned char* place = signature.data();
  const OpensslPtr<ECDSA_SIG, ECDSA_SIG_free> pair(
      d2i_ECDSA_SIG(nullptr, &place, static_cast<long>(length)));
  Bytes plain(96);
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), plain.data(), 48);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), plain.data() + 48, 48);
  return plain;
}

Bytes TestKey::Request(const std::string& common_name) const {
  const RequestParts parts = {
      .algorithm = algorithm_, .public_key = PublicKey(), .common_name = common_name};
  return FinishRequest(parts, Sign(RequestSignatureInput(parts).value())).value();
}

}  // namespace jpkid::ca
