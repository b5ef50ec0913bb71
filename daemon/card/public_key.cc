#include "daemon/card/public_key.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "base/status.h"
#include "daemon/card/exchange.h"
#include "daemon/card/tlv.h"

namespace jpkid::card {
namespace {

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

absl::Status NotAKey() { return Garbled("GENERATE ASYMMETRIC KEY PAIR", "not a public key"); }

// A key made of its parameters, checked, in DER.
absl::StatusOr<Bytes> Encode(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return NotAKey();  // A point outside the curve ends here.
  }
  const Owned<EVP_PKEY> key(made);
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) return NotAKey();
  std::uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) return absl::InternalError("OpenSSL: i2d_PUBKEY");
  Bytes encoded(der, der + size);
  OPENSSL_free(der);
  return encoded;
}

absl::StatusOr<Bytes> Rsa2048(const std::vector<DataObject>& objects) {
  const std::optional<ByteView> modulus = Find(objects, 0x81);
  const std::optional<ByteView> exponent = Find(objects, 0x82);
  if (!modulus.has_value() || !exponent.has_value() || modulus->size() != 256 ||
      (modulus->front() & 0x80) == 0) {
    return NotAKey();
  }
  const Owned<BIGNUM> n(BN_bin2bn(modulus->data(), static_cast<int>(modulus->size()), nullptr));
  const Owned<BIGNUM> e(BN_bin2bn(exponent->data(), static_cast<int>(exponent->size()), nullptr));
  if (n == nullptr || e == nullptr || BN_is_word(e.get(), RSA_F4) != 1) return NotAKey();
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return absl::InternalError("OpenSSL: parameters of an RSA key");
  }
  return Encode("RSA", builder.get());
}

absl::StatusOr<Bytes> P384(const std::vector<DataObject>& objects) {
  constexpr std::uint8_t kUncompressed = 0x04;
  const std::optional<ByteView> point = Find(objects, 0x86);
  if (!point.has_value() || point->size() != 1 + 2 * 48 || point->front() != kUncompressed) {
    return NotAKey();
  }
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point->data(),
                                       point->size()) != 1) {
    return absl::InternalError("OpenSSL: parameters of an EC key");
  }
  return Encode("EC", builder.get());
}

}  // namespace

absl::StatusOr<Bytes> SubjectPublicKeyInfo(certs::Algorithm algorithm, ByteView answer) {
  const std::optional<ByteView> key = Unwrap(answer, 0x7F49);
  if (!key.has_value()) return NotAKey();
  const std::optional<std::vector<DataObject>> objects = ReadDataObjects(*key);
  if (!objects.has_value()) return NotAKey();
  return algorithm == certs::Algorithm::kRsa2048Sha256 ? Rsa2048(*objects) : P384(*objects);
}

}  // namespace jpkid::card
