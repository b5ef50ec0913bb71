#include "hal/sim/private_key.h"

#include <array>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/status.h"
#include "hal/sim/tlv.h"

namespace jpkid::hal::sim {
namespace {

constexpr int kRsaBits = 2048;
constexpr std::size_t kMostRsaInput = kRsaBits / 8 - 11;  // PKCS#1 v1.5, RFC 8017, 9.2.
constexpr std::size_t kEcInput = 48;                      // SHA-384.
constexpr int kEcScalar = 48;

struct OpenSslFree {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <typename T>
using Owned = std::unique_ptr<T, OpenSslFree>;

absl::Status OpenSslFailed(absl::string_view what) {
  return absl::InternalError(absl::StrCat("OpenSSL: ", what));
}

absl::StatusOr<KeyAlgorithm> AlgorithmOf(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) == kRsaBits) return RSA_2048;
  std::array<char, 32> group = {};
  if (EVP_PKEY_is_a(key, "EC") &&
      EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
      std::strcmp(group.data(), SN_secp384r1) == 0) {
    return EC_P384;
  }
  return absl::InvalidArgumentError("a key that is neither RSA-2048 nor P-384");
}

absl::StatusOr<Bytes> Number(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return OpenSslFailed(name);
  const Owned<BIGNUM> owned(number);
  Bytes octets(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, octets.data());
  return octets;
}

absl::StatusOr<Bytes> Point(const EVP_PKEY* key) {
  Bytes point(1 + 2 * kEcScalar);
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point.data(),
                                      point.size(), &size) != 1 ||
      size != point.size()) {
    return OpenSslFailed("encoded point");
  }
  return point;
}

// r and s, each padded to the length of the order.
absl::StatusOr<Bytes> FixedLength(ByteView der) {
  const std::uint8_t* at = der.data();
  const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Bytes out(2 * kEcScalar);
  if (signature == nullptr ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out.data(), kEcScalar) != kEcScalar ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out.data() + kEcScalar, kEcScalar) !=
          kEcScalar) {
    return OpenSslFailed("ECDSA signature");
  }
  return out;
}

}  // namespace

absl::StatusOr<PrivateKey> PrivateKey::Generate(KeyAlgorithm algorithm) {
  if (algorithm != RSA_2048 && algorithm != EC_P384) {
    return absl::InvalidArgumentError("no such key algorithm");
  }
  EvpKey key(algorithm == RSA_2048
                 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(kRsaBits))
                 : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", SN_secp384r1));
  if (key == nullptr) return OpenSslFailed("key generation");
  return PrivateKey(algorithm, std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromDer(ByteView pkcs8) {
  const std::uint8_t* at = pkcs8.data();
  const Owned<PKCS8_PRIV_KEY_INFO> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(pkcs8.size())));
  EvpKey key(info == nullptr ? nullptr : EVP_PKCS82PKEY(info.get()));
  if (key == nullptr) return absl::InvalidArgumentError("not a private key in PKCS#8");
  JPKID_ASSIGN_OR_RETURN(const KeyAlgorithm algorithm, AlgorithmOf(key.get()));
  return PrivateKey(algorithm, std::move(key));
}

absl::StatusOr<Secret> PrivateKey::ToDer() const {
  const Owned<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(key_.get()));
  const int size = info == nullptr ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  if (size < 0) return OpenSslFailed("PKCS#8");
  WipedBytes der(static_cast<std::size_t>(size));
  std::uint8_t* at = der.data();
  if (i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at) != size) return OpenSslFailed("PKCS#8");
  return Secret(std::move(der));
}

absl::StatusOr<Bytes> PrivateKey::PublicKeyInfo() const {
  const int size = i2d_PUBKEY(key_.get(), nullptr);
  if (size < 0) return OpenSslFailed("public key");
  Bytes der(static_cast<std::size_t>(size));
  std::uint8_t* at = der.data();
  if (i2d_PUBKEY(key_.get(), &at) != size) return OpenSslFailed("public key");
  return der;
}

absl::StatusOr<Bytes> PrivateKey::PublicKeyTemplate() const {
  if (algorithm_ == EC_P384) {
    JPKID_ASSIGN_OR_RETURN(const Bytes point, Point(key_.get()));
    return Tlv(0x7F49, Tlv(0x86, point));
  }
  JPKID_ASSIGN_OR_RETURN(const Bytes modulus, Number(key_.get(), OSSL_PKEY_PARAM_RSA_N));
  JPKID_ASSIGN_OR_RETURN(const Bytes exponent, Number(key_.get(), OSSL_PKEY_PARAM_RSA_E));
  Bytes parts = Tlv(0x81, modulus);
  Append(parts, Tlv(0x82, exponent));
  return Tlv(0x7F49, parts);
}

absl::StatusOr<Bytes> PrivateKey::Sign(ByteView input) const {
  const bool rsa = algorithm_ == RSA_2048;
  if (rsa ? input.empty() || input.size() > kMostRsaInput : input.size() != kEcInput) {
    return absl::InvalidArgumentError(absl::StrCat(input.size(), " octets cannot be signed"));
  }
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  if (context == nullptr || EVP_PKEY_sign_init(context.get()) != 1 ||
      (rsa && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1)) {
    return OpenSslFailed("signature set-up");
  }
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
  Bytes signature(size);
  // No digest is set: OpenSSL takes the input as it is, as the card does.
  if (EVP_PKEY_sign(context.get(), signature.data(), &size, input.data(), input.size()) != 1) {
    return OpenSslFailed("signature");
  }
  signature.resize(size);
  return rsa ? signature : FixedLength(signature);
}

}  // namespace jpkid::hal::sim
