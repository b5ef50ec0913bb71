#include "daemon/ca/request.h"

#include <openssl/err.h>

#include "base/status.h"
#include "daemon/ca/key.h"
#include "daemon/ca/openssl.h"

namespace jpkid::ca {
namespace {

using AlgorithmPtr = OpensslPtr<X509_ALGOR, X509_ALGOR_free>;
using BitStringPtr = OpensslPtr<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using DigestInfoPtr = OpensslPtr<X509_SIG, X509_SIG_free>;

bool AddToName(X509_NAME* name, const char* field, const std::string& value) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1;
}

// The request with everything but its signature.
absl::StatusOr<RequestPtr> Unsigned(const RequestParts& parts) {
  JPKID_ASSIGN_OR_RETURN(const KeyPtr key, DecodePublicKey(parts.public_key));
  if (AlgorithmOf(key.get()) != parts.algorithm) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "public key"}, {"detail", "not of the algorithm"}});
  }
  RequestPtr request(X509_REQ_new());
  const NamePtr subject(X509_NAME_new());
  const AlgorithmPtr algorithm(X509_ALGOR_new());
  // RFC 4055, 5: the parameters are NULL with RSA; RFC 5758, 3.2: absent with ECDSA.
  const int parameters =
      parts.algorithm == certs::Algorithm::kRsa2048Sha256 ? V_ASN1_NULL : V_ASN1_UNDEF;
  if (request == nullptr || subject == nullptr || algorithm == nullptr ||
      !AddToName(subject.get(), "C", "JP") || !AddToName(subject.get(), "CN", parts.common_name) ||
      X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_subject_name(request.get(), subject.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(SignatureNid(parts.algorithm)), parameters,
                      nullptr) != 1 ||
      X509_REQ_set1_signature_algo(request.get(), algorithm.get()) != 1) {
    return OpensslFailure("cannot build a request");
  }
  return request;
}

absl::StatusOr<Bytes> Hash(certs::Algorithm algorithm, ByteView message) {
  Bytes hash(certs::Row(algorithm).hash_size);
  if (EVP_Digest(message.data(), message.size(), hash.data(), nullptr, HashOf(algorithm),
                 nullptr) != 1) {
    return OpensslFailure("cannot hash");
  }
  return hash;
}

// Whether the key in the request made its signature, after a round trip through DER: what only
// holds in memory helps nobody.
absl::Status VerifyRequest(ByteView der) {
  const unsigned char* place = der.data();
  const RequestPtr request(d2i_X509_REQ(nullptr, &place, static_cast<long>(der.size())));
  if (request == nullptr) return OpensslFailure("cannot read the request back");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  const bool good = key != nullptr && X509_REQ_verify(request.get(), key) == 1;
  ERR_clear_error();
  if (good) return absl::OkStatus();
  return Fail(Reason::kCardAnswerInvalid, {{"command", "PERFORM SECURITY OPERATION"},
                                           {"detail", "the signature is not the key's"}});
}

}  // namespace

absl::StatusOr<Bytes> SignatureInput(certs::Algorithm algorithm, ByteView message) {
  JPKID_ASSIGN_OR_RETURN(Bytes hash, Hash(algorithm, message));
  if (algorithm == certs::Algorithm::kP384Sha384) return hash;
  const DigestInfoPtr info(X509_SIG_new());
  if (info == nullptr) return OpensslFailure("cannot build a DigestInfo");
  X509_ALGOR* hash_algorithm = nullptr;
  ASN1_OCTET_STRING* digest = nullptr;
  X509_SIG_getm(info.get(), &hash_algorithm, &digest);
  if (X509_ALGOR_set0(hash_algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) != 1 ||
      ASN1_OCTET_STRING_set(digest, hash.data(), static_cast<int>(hash.size())) != 1) {
    return OpensslFailure("cannot build a DigestInfo");
  }
  return Encode([&](unsigned char** place) { return i2d_X509_SIG(info.get(), place); });
}

absl::StatusOr<Bytes> RequestSignatureInput(const RequestParts& parts) {
  JPKID_ASSIGN_OR_RETURN(const RequestPtr request, Unsigned(parts));
  JPKID_ASSIGN_OR_RETURN(const Bytes to_be_signed, Encode([&](unsigned char** place) {
                           return i2d_re_X509_REQ_tbs(request.get(), place);
                         }));
  return SignatureInput(parts.algorithm, to_be_signed);
}

absl::StatusOr<Bytes> FinishRequest(const RequestParts& parts, ByteView signature) {
  JPKID_ASSIGN_OR_RETURN(const RequestPtr request, Unsigned(parts));
  JPKID_ASSIGN_OR_RETURN(const Bytes octets, X509Signature(parts.algorithm, signature));
  BitStringPtr bits(ASN1_BIT_STRING_new());
  if (bits == nullptr || ASN1_BIT_STRING_set(bits.get(), const_cast<unsigned char*>(octets.data()),
                                             static_cast<int>(octets.size())) != 1) {
    return OpensslFailure("cannot take a signature");
  }
  // Without this OpenSSL takes trailing zero bits of a signature for unused ones.
  bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);
  bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
  X509_REQ_set0_signature(request.get(), bits.release());
  JPKID_ASSIGN_OR_RETURN(
      Bytes der, Encode([&](unsigned char** place) { return i2d_X509_REQ(request.get(), place); }));
  JPKID_RETURN_IF_ERROR(VerifyRequest(der));
  return der;
}

}  // namespace jpkid::ca
