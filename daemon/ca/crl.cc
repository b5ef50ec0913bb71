// The revocation list (RFC 5280, 5).

#include "absl/time/time.h"

#include "base/status.h"
#include "daemon/ca/extension.h"
#include "daemon/ca/profile.h"

namespace jpkid::ca {
namespace {

// How long a list is good for those who keep a copy.
constexpr absl::Duration kListValidity = absl::Hours(48);

using EnumeratedPtr = OpensslPtr<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;
using RevokedPtr = OpensslPtr<X509_REVOKED, X509_REVOKED_free>;

absl::Status AddEntry(X509_CRL* crl, const RevokedEntry& entry) {
  BIGNUM* parsed = nullptr;
  const int digits = BN_hex2bn(&parsed, entry.serial.c_str());
  const BignumPtr number(parsed);
  const IntegerPtr serial(digits == 0 ? nullptr : BN_to_ASN1_INTEGER(number.get(), nullptr));
  const TimePtr at = ToAsn1(entry.revocation.at);
  RevokedPtr revoked(X509_REVOKED_new());
  if (serial == nullptr || at == nullptr || revoked == nullptr ||
      X509_REVOKED_set_serialNumber(revoked.get(), serial.get()) != 1 ||
      X509_REVOKED_set_revocationDate(revoked.get(), at.get()) != 1) {
    return OpensslFailure("cannot list a revocation");
  }
  // 5.3.1: no reason is written as no extension.
  if (entry.revocation.reason != RevocationReason::kUnspecified) {
    const EnumeratedPtr reason(ASN1_ENUMERATED_new());
    if (reason == nullptr ||
        ASN1_ENUMERATED_set(reason.get(), static_cast<long>(entry.revocation.reason)) != 1 ||
        X509_REVOKED_add1_ext_i2d(revoked.get(), NID_crl_reason, reason.get(), 0, 0) != 1) {
      return OpensslFailure("cannot list a revocation");
    }
  }
  if (X509_CRL_add0_revoked(crl, revoked.get()) != 1) {
    return OpensslFailure("cannot list a revocation");
  }
  static_cast<void>(revoked.release());  // The list's now.
  return absl::OkStatus();
}

absl::Status AddExtensions(X509_CRL* crl, const Issuer& issuer, std::int64_t number) {
  JPKID_ASSIGN_OR_RETURN(
      const ExtensionPtr authority,
      AuthorityKeyIdExtension(X509_get0_subject_key_id(issuer.certificate.get())));
  const IntegerPtr value(ASN1_INTEGER_new());
  if (value == nullptr || ASN1_INTEGER_set_int64(value.get(), number) != 1 ||
      X509_CRL_add1_ext_i2d(crl, NID_crl_number, value.get(), 0, 0) != 1 ||
      X509_CRL_add_ext(crl, authority.get(), -1) != 1) {
    return OpensslFailure("cannot make a list");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Bytes> MakeCrl(const Issuer& issuer, const RevocationList& list, absl::Time now) {
  const CrlPtr crl(X509_CRL_new());
  const TimePtr this_update = ToAsn1(now);
  const TimePtr next_update = ToAsn1(now + kListValidity);
  if (crl == nullptr || this_update == nullptr || next_update == nullptr ||
      X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) != 1 ||
      X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.certificate.get())) != 1 ||
      X509_CRL_set1_lastUpdate(crl.get(), this_update.get()) != 1 ||
      X509_CRL_set1_nextUpdate(crl.get(), next_update.get()) != 1) {
    return OpensslFailure("cannot make a list");
  }
  JPKID_RETURN_IF_ERROR(AddExtensions(crl.get(), issuer, list.number));
  for (const RevokedEntry& entry : list.entries) {
    JPKID_RETURN_IF_ERROR(AddEntry(crl.get(), entry));
  }
  if (X509_CRL_sort(crl.get()) != 1 ||
      X509_CRL_sign(crl.get(), issuer.key.get(), EVP_sha256()) <= 0) {
    return OpensslFailure("cannot sign a list");
  }
  return Encode([&](unsigned char** place) { return i2d_X509_CRL(crl.get(), place); });
}

}  // namespace jpkid::ca
