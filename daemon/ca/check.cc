// Whether a certificate is the one that was asked for, and a signature its key's.

#include "absl/strings/str_cat.h"
#include <openssl/err.h>

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/key.h"
#include "daemon/ca/openssl.h"

namespace jpkid::ca {
namespace {

using MdContextPtr = OpensslPtr<EVP_MD_CTX, EVP_MD_CTX_free>;
using StorePtr = OpensslPtr<X509_STORE, X509_STORE_free>;
using VerificationPtr = OpensslPtr<X509_STORE_CTX, X509_STORE_CTX_free>;

absl::Status Unfit(absl::string_view detail) {
  return Fail(Reason::kCaAnswerInvalid, {{"detail", std::string(detail)}});
}

// Whether extension `nid` is there, once, and is critical as `critical` says.
bool HasExtension(const X509* certificate, int nid, bool critical) {
  const int index = X509_get_ext_by_NID(certificate, nid, -1);
  if (index < 0 || X509_get_ext_by_NID(certificate, nid, index) >= 0) return false;
  return (X509_EXTENSION_get_critical(X509_get_ext(certificate, index)) == 1) == critical;
}

// `certificate` is not const where OpenSSL caches what it reads.
absl::Status CheckProfile(X509* certificate, certs::Kind kind) {
  const certs::KindRow& row = certs::Row(kind);
  const std::uint32_t usage =
      KU_DIGITAL_SIGNATURE | (row.non_repudiation ? KU_NON_REPUDIATION : 0u);
  if (!HasExtension(certificate, NID_key_usage, true) || X509_get_key_usage(certificate) != usage) {
    return Unfit("key usage");
  }
  if (!HasExtension(certificate, NID_certificate_policies, row.policy_critical)) {
    return Unfit("policy");
  }
  const bool personal = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) >= 0;
  if (personal != row.personal_data) {
    return Unfit(personal ? "personal data in it" : "the holder's attributes are missing");
  }
  if (X509_check_ca(certificate) != 0) return Unfit("it could issue certificates");
  return absl::OkStatus();
}

// The signature, validity, key usage and basic constraints of the chain of two, at `now`.
absl::Status CheckChain(X509* certificate, X509* ca_certificate, absl::Time now) {
  const StorePtr store(X509_STORE_new());
  const VerificationPtr verification(X509_STORE_CTX_new());
  if (store == nullptr || verification == nullptr ||
      X509_STORE_add_cert(store.get(), ca_certificate) != 1 ||
      X509_STORE_CTX_init(verification.get(), store.get(), certificate, nullptr) != 1) {
    return OpensslFailure("cannot verify");
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(now));
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
  const bool good = X509_verify_cert(verification.get()) == 1;
  ERR_clear_error();
  if (good) return absl::OkStatus();
  return Unfit(X509_verify_cert_error_string(X509_STORE_CTX_get_error(verification.get())));
}

}  // namespace

absl::Status CheckIssued(ByteView certificate, ByteView ca_certificate, const Expected& expected,
                         absl::Time now) {
  const absl::StatusOr<Certificate> read = ReadCertificate(certificate);
  const absl::StatusOr<CertificatePtr> x509 = DecodeCertificate(certificate);
  const absl::StatusOr<CertificatePtr> ca = DecodeCertificate(ca_certificate);
  if (!read.ok() || !x509.ok() || !ca.ok()) return Unfit("not a certificate");
  if (read->kind != expected.kind) return Unfit("policy");
  if (read->public_key != expected.public_key) return Unfit("another public key");
  if (read->not_after != expected.not_after) return Unfit("another end of validity");
  JPKID_RETURN_IF_ERROR(CheckProfile(x509->get(), expected.kind));
  // The authority's clock may be ahead: what it has just made begins then.
  const bool has_begun = read->not_before <= now + kClocksDiffer;
  return CheckChain(x509->get(), ca->get(), has_begun ? std::max(now, read->not_before) : now);
}

absl::Status VerifySignature(ByteView certificate, ByteView message, ByteView signature) {
  JPKID_ASSIGN_OR_RETURN(const Certificate read, ReadCertificate(certificate));
  JPKID_ASSIGN_OR_RETURN(const KeyPtr key, DecodePublicKey(read.public_key));
  const certs::Algorithm algorithm = *AlgorithmOf(key.get());
  JPKID_ASSIGN_OR_RETURN(const Bytes octets, X509Signature(algorithm, signature));
  const MdContextPtr context(EVP_MD_CTX_new());
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, HashOf(algorithm), nullptr, key.get()) != 1) {
    return OpensslFailure("cannot verify");
  }
  const bool good = EVP_DigestVerify(context.get(), octets.data(), octets.size(), message.data(),
                                     message.size()) == 1;
  ERR_clear_error();
  if (good) return absl::OkStatus();
  return Fail(Reason::kProofFailed,
              {{"kind", read.kind.has_value() ? std::string(certs::Name(*read.kind)) : "unknown"}});
}

}  // namespace jpkid::ca
