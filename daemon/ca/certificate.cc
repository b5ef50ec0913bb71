#include "daemon/ca/certificate.h"

#include "base/status.h"
#include "daemon/ca/openssl.h"

namespace jpkid::ca {
namespace {

using PoliciesPtr = OpensslPtr<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>;

absl::StatusOr<std::string> NameText(const X509_NAME* name) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  // Characters stay UTF-8 instead of becoming \xx.
  constexpr unsigned long kFlags = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
  if (memory == nullptr || X509_NAME_print_ex(memory.get(), name, 0, kFlags) < 0) {
    return OpensslFailure("cannot print a name");
  }
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &text);
  return std::string(text, static_cast<std::size_t>(length));
}

absl::StatusOr<std::string> SerialText(const ASN1_INTEGER* serial) {
  const BignumPtr number(ASN1_INTEGER_to_BN(serial, nullptr));
  if (number == nullptr) return OpensslFailure("cannot read a serial number");
  char* text = BN_bn2hex(number.get());
  if (text == nullptr) return OpensslFailure("cannot print a serial number");
  std::string serial_text(text);
  OPENSSL_free(text);
  return serial_text;
}

std::optional<certs::Kind> KindOf(const X509* certificate) {
  const PoliciesPtr policies(static_cast<CERTIFICATEPOLICIES*>(
      X509_get_ext_d2i(certificate, NID_certificate_policies, nullptr, nullptr)));
  for (int i = 0; i < sk_POLICYINFO_num(policies.get()); ++i) {
    char dotted[128] = {};
    OBJ_obj2txt(dotted, sizeof(dotted), sk_POLICYINFO_value(policies.get(), i)->policyid, 1);
    for (const certs::Kind kind : certs::kAllKinds) {
      if (certs::Row(kind).policy == dotted) return kind;
    }
  }
  return std::nullopt;
}

Bytes KeyId(const ASN1_OCTET_STRING* id) {
  if (id == nullptr) return {};
  const unsigned char* data = ASN1_STRING_get0_data(id);
  return Bytes(data, data + ASN1_STRING_length(id));
}

}  // namespace

absl::StatusOr<Certificate> ReadCertificate(ByteView certificate) {
  JPKID_ASSIGN_OR_RETURN(const CertificatePtr x509, DecodeCertificate(certificate));
  Certificate read;
  JPKID_ASSIGN_OR_RETURN(read.serial, SerialText(X509_get0_serialNumber(x509.get())));
  JPKID_ASSIGN_OR_RETURN(read.issuer, NameText(X509_get_issuer_name(x509.get())));
  JPKID_ASSIGN_OR_RETURN(read.subject, NameText(X509_get_subject_name(x509.get())));
  JPKID_ASSIGN_OR_RETURN(read.not_before, FromAsn1(X509_get0_notBefore(x509.get())));
  JPKID_ASSIGN_OR_RETURN(read.not_after, FromAsn1(X509_get0_notAfter(x509.get())));
  JPKID_ASSIGN_OR_RETURN(read.public_key, Encode([&](unsigned char** place) {
                           return i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509.get()), place);
                         }));
  read.kind = KindOf(x509.get());
  read.subject_key_id = KeyId(X509_get0_subject_key_id(x509.get()));
  read.authority_key_id = KeyId(X509_get0_authority_key_id(x509.get()));
  return read;
}

}  // namespace jpkid::ca
