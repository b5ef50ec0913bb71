#include "daemon/ca/key.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/status.h"
#include "daemon/ca/request.h"

namespace jpkid::ca {
namespace {

constexpr std::size_t kRsaOctets = 256;
constexpr std::size_t kP384Octets = 48;

using ContextPtr = OpensslPtr<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using ParamsPtr = OpensslPtr<OSSL_PARAM, OSSL_PARAM_free>;
using ParamsBuilderPtr = OpensslPtr<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using EcdsaPtr = OpensslPtr<ECDSA_SIG, ECDSA_SIG_free>;

absl::Status NotAKey() {
  ERR_clear_error();
  return Fail(Reason::kArgumentInvalid,
              {{"field", "public key"}, {"detail", "neither RSA-2048 (65537) nor P-384"}});
}

// The SubjectPublicKeyInfo of the key of `type` with `params`.
absl::StatusOr<Bytes> PublicKeyOf(const char* type, OSSL_PARAM* params) {
  const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (context == nullptr || params == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1) {
    return OpensslFailure("cannot take a public key");
  }
  if (EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params) != 1) return NotAKey();
  const KeyPtr key(made);
  if (!AlgorithmOf(key.get()).has_value()) return NotAKey();
  return Encode([&](unsigned char** place) { return i2d_PUBKEY(key.get(), place); });
}

BignumPtr Number(ByteView octets) {
  return BignumPtr(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

}  // namespace

absl::StatusOr<Bytes> RsaPublicKey(ByteView modulus, ByteView exponent) {
  if (modulus.size() > kRsaOctets + 1 || exponent.size() > 8) return NotAKey();
  const BignumPtr n = Number(modulus);
  const BignumPtr e = Number(exponent);
  const ParamsBuilderPtr builder(OSSL_PARAM_BLD_new());
  if (n == nullptr || e == nullptr || builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return OpensslFailure("cannot take a public key");
  }
  return PublicKeyOf("RSA", ParamsPtr(OSSL_PARAM_BLD_to_param(builder.get())).get());
}

absl::StatusOr<Bytes> P384PublicKey(ByteView point) {
  std::string group = SN_secp384r1;
  Bytes octets = ToBytes(point);
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
      OSSL_PARAM_construct_end()};
  if (octets.size() != 1 + 2 * kP384Octets) return NotAKey();
  return PublicKeyOf("EC", params);
}

std::optional<certs::Algorithm> AlgorithmOf(const EVP_PKEY* key) {
  if (key == nullptr) return std::nullopt;
  if (EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) == 2048) {
    BIGNUM* exponent = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return std::nullopt;
    const BignumPtr owner(exponent);
    if (BN_is_word(exponent, RSA_F4) == 1) return certs::Algorithm::kRsa2048Sha256;
  }
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    char group[32] = {};
    if (EVP_PKEY_get_group_name(key, group, sizeof(group), nullptr) == 1 &&
        absl::string_view(group) == SN_secp384r1) {
      return certs::Algorithm::kP384Sha384;
    }
  }
  return std::nullopt;
}

absl::StatusOr<KeyPtr> DecodePublicKey(ByteView public_key) {
  const unsigned char* place = public_key.data();
  KeyPtr key(d2i_PUBKEY(nullptr, &place, static_cast<long>(public_key.size())));
  if (place != public_key.data() + public_key.size() || !AlgorithmOf(key.get()).has_value()) {
    return NotAKey();
  }
  return key;
}

const EVP_MD* HashOf(certs::Algorithm algorithm) {
  return algorithm == certs::Algorithm::kRsa2048Sha256 ? EVP_sha256() : EVP_sha384();
}

int SignatureNid(certs::Algorithm algorithm) {
  return algorithm == certs::Algorithm::kRsa2048Sha256 ? NID_sha256WithRSAEncryption
                                                       : NID_ecdsa_with_SHA384;
}

absl::StatusOr<Bytes> X509Signature(certs::Algorithm algorithm, ByteView signature) {
  const bool rsa = algorithm == certs::Algorithm::kRsa2048Sha256;
  if (signature.size() != (rsa ? kRsaOctets : 2 * kP384Octets)) {
    return Fail(Reason::kCardAnswerInvalid,
                {{"command", "PERFORM SECURITY OPERATION"},
                 {"detail", absl::StrCat("a signature of ", signature.size(), " octets")}});
  }
  if (rsa) return ToBytes(signature);
  BignumPtr r = Number(signature.first(kP384Octets));
  BignumPtr s = Number(signature.last(kP384Octets));
  const EcdsaPtr pair(ECDSA_SIG_new());
  if (r == nullptr || s == nullptr || pair == nullptr ||
      ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) {
    return OpensslFailure("cannot take a signature");
  }
  static_cast<void>(r.release());  // The pair's now.
  static_cast<void>(s.release());
  return Encode([&](unsigned char** place) { return i2d_ECDSA_SIG(pair.get(), place); });
}

}  // namespace jpkid::ca
