#include "daemon/ca/profile.h"

#include <openssl/rand.h>

#include "base/clock.h"
#include "base/status.h"
#include "daemon/ca/extension.h"
#include "daemon/ca/holder.h"
#include "daemon/ca/key.h"
#include "daemon/ca/names.h"

namespace jpkid::ca {
namespace {

constexpr int kSerialOctets = 16;
constexpr int kIssuerYears =
    30;  // Longer than a ten-year certificate made in its last year of use.

// Bits of KeyUsage (RFC 5280, 4.2.1.3).
constexpr int kDigitalSignature = 0;
constexpr int kNonRepudiation = 1;
constexpr int kKeyCertSign = 5;
constexpr int kCrlSign = 6;

void FreeOctets(unsigned char* octets) { OPENSSL_free(octets); }

absl::StatusOr<Bytes> RandomOctets(int count) {
  Bytes octets(static_cast<std::size_t>(count));
  if (RAND_bytes(octets.data(), count) != 1) return OpensslFailure("no random numbers");
  return octets;
}

// RFC 5280, 4.1.2.2: positive, at most 20 octets. Of fixed length: 126 random bits.
absl::Status SetSerial(X509* certificate) {
  JPKID_ASSIGN_OR_RETURN(Bytes octets, RandomOctets(kSerialOctets));
  octets[0] = static_cast<std::uint8_t>((octets[0] & 0x3F) | 0x40);
  const BignumPtr number(BN_bin2bn(octets.data(), kSerialOctets, nullptr));
  if (number == nullptr ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return OpensslFailure("cannot set a serial number");
  }
  return absl::OkStatus();
}

absl::Status Add(X509* certificate, const absl::StatusOr<ExtensionPtr>& extension) {
  JPKID_RETURN_IF_ERROR(extension.status());
  if (X509_add_ext(certificate, extension->get(), -1) != 1) {
    return OpensslFailure("cannot add an extension");
  }
  return absl::OkStatus();
}

absl::Status SetValidity(X509* certificate, absl::Time from, absl::Time to) {
  const TimePtr not_before = ToAsn1(from);
  const TimePtr not_after = ToAsn1(to);
  if (not_before == nullptr || not_after == nullptr ||
      X509_set1_notBefore(certificate, not_before.get()) != 1 ||
      X509_set1_notAfter(certificate, not_after.get()) != 1) {
    return OpensslFailure("cannot set the validity");
  }
  return absl::OkStatus();
}

// The key as the request writes it. X509_set_pubkey would encode the decoded key and decode it once
// more, which takes half as long as the signature.
absl::Status CopyKey(X509* certificate, X509_REQ* pkcs10) {
  const unsigned char* key = nullptr;
  int length = 0;
  X509_ALGOR* algorithm = nullptr;
  const ASN1_OBJECT* oid = nullptr;
  int type = V_ASN1_UNDEF;
  const void* parameter = nullptr;
  X509_PUBKEY_get0_param(nullptr, &key, &length, &algorithm, X509_REQ_get_X509_PUBKEY(pkcs10));
  X509_ALGOR_get0(&oid, &type, &parameter, algorithm);
  ObjectPtr own_oid(OBJ_dup(oid));
  ObjectPtr curve(type == V_ASN1_OBJECT ? OBJ_dup(static_cast<const ASN1_OBJECT*>(parameter))
                                        : nullptr);
  OpensslPtr<unsigned char, FreeOctets> octets(
      static_cast<unsigned char*>(OPENSSL_memdup(key, static_cast<std::size_t>(length))));
  if (octets == nullptr || X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(certificate), own_oid.get(),
                                                  type, curve.get(), octets.get(), length) != 1) {
    return OpensslFailure("cannot set the key");
  }
  static_cast<void>(own_oid.release());  // All three are the certificate's now.
  static_cast<void>(curve.release());
  static_cast<void>(octets.release());
  return absl::OkStatus();
}

absl::Status Sign(X509* certificate, EVP_PKEY* key) {
  if (X509_sign(certificate, key, EVP_sha256()) > 0) return absl::OkStatus();
  return OpensslFailure("cannot sign");
}

}  // namespace

absl::StatusOr<CertificatePtr> MakeIssuerCertificate(certs::Kind kind, EVP_PKEY* key,
                                                     absl::Time now) {
  CertificatePtr certificate(X509_new());
  JPKID_ASSIGN_OR_RETURN(const NamePtr name, IssuerName(kind));
  if (certificate == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_subject_name(certificate.get(), name.get()) != 1 ||
      X509_set_issuer_name(certificate.get(), name.get()) != 1 ||
      X509_set_pubkey(certificate.get(), key) != 1) {
    return OpensslFailure("cannot make a certificate");
  }
  JPKID_RETURN_IF_ERROR(SetSerial(certificate.get()));
  // Valid since yesterday: a clock that is set back a little must not invalidate what was issued.
  const absl::CivilDay last_day = absl::ToCivilDay(now, Tokyo());
  JPKID_RETURN_IF_ERROR(
      SetValidity(certificate.get(), now - absl::Hours(24),
                  certs::EndOfValidity(absl::CivilDay(last_day.year() + kIssuerYears,
                                                      last_day.month(), last_day.day()))));
  JPKID_RETURN_IF_ERROR(Add(certificate.get(), CaConstraintsExtension()));
  JPKID_RETURN_IF_ERROR(Add(certificate.get(), KeyUsageExtension({kKeyCertSign, kCrlSign})));
  JPKID_RETURN_IF_ERROR(Add(certificate.get(), SubjectKeyIdExtension(certificate.get())));
  JPKID_RETURN_IF_ERROR(Sign(certificate.get(), key));
  return certificate;
}

absl::StatusOr<std::vector<ExtensionPtr>> CommonExtensions(certs::Kind kind, const X509* issuer) {
  std::vector<ExtensionPtr> extensions(4);
  JPKID_ASSIGN_OR_RETURN(extensions[0],
                         certs::Row(kind).non_repudiation
                             ? KeyUsageExtension({kDigitalSignature, kNonRepudiation})
                             : KeyUsageExtension({kDigitalSignature}));
  JPKID_ASSIGN_OR_RETURN(extensions[1], PolicyExtension(kind));
  JPKID_ASSIGN_OR_RETURN(extensions[2], CrlPointExtension(kind));
  // OpenSSL caches the issuer's extensions on first sight; it takes no const for that.
  JPKID_ASSIGN_OR_RETURN(
      extensions[3], AuthorityKeyIdExtension(X509_get0_subject_key_id(const_cast<X509*>(issuer))));
  return extensions;
}

absl::StatusOr<CertificatePtr> MakeCertificate(const Issuer& issuer, const IssueRequest& request,
                                               X509_REQ* pkcs10, absl::Time now) {
  CertificatePtr certificate(X509_new());
  JPKID_ASSIGN_OR_RETURN(const Bytes id, RandomOctets(13));
  JPKID_ASSIGN_OR_RETURN(const NamePtr subject, SubjectName(request.residence, ToHex(id)));
  if (certificate == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_subject_name(certificate.get(), subject.get()) != 1 ||
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.certificate.get())) !=
          1) {
    return OpensslFailure("cannot make a certificate");
  }
  JPKID_RETURN_IF_ERROR(SetSerial(certificate.get()));
  JPKID_RETURN_IF_ERROR(CopyKey(certificate.get(), pkcs10));
  JPKID_RETURN_IF_ERROR(
      SetValidity(certificate.get(), now, certs::EndOfValidity(request.last_day)));
  for (const ExtensionPtr& extension : issuer.extensions) {
    if (X509_add_ext(certificate.get(), extension.get(), -1) != 1) {
      return OpensslFailure("cannot add an extension");
    }
  }
  if (request.holder.has_value()) {
    JPKID_RETURN_IF_ERROR(Add(certificate.get(), HolderExtension(*request.holder)));
  }
  JPKID_RETURN_IF_ERROR(Add(certificate.get(), SubjectKeyIdExtension(certificate.get())));
  JPKID_RETURN_IF_ERROR(Sign(certificate.get(), issuer.key.get()));
  return certificate;
}

}  // namespace jpkid::ca
