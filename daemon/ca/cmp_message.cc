#include "daemon/ca/cmp_message.h"

#include <span>

#include <openssl/asn1.h>
#include <openssl/err.h>

#include "base/status.h"

namespace jpkid::ca {
namespace {

constexpr int kRevocationRequest = 11;  // Of PKIBody.

using OctetsPtr = OpensslPtr<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using EnumeratedPtr = OpensslPtr<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;

void FreeElements(ASN1_SEQUENCE_ANY* elements) { sk_ASN1_TYPE_pop_free(elements, ASN1_TYPE_free); }
void FreeExtensions(X509_EXTENSIONS* extensions) {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}
using ElementsPtr = OpensslPtr<ASN1_SEQUENCE_ANY, FreeElements>;
using ExtensionsPtr = OpensslPtr<X509_EXTENSIONS, FreeExtensions>;

absl::Status Unreadable(absl::string_view detail) {
  ERR_clear_error();
  return Fail(Reason::kCaAnswerInvalid, {{"detail", std::string(detail)}});
}

// The element with the context tag, without it. Empty: there is none.
absl::StatusOr<Bytes> ContextElement(std::span<const Bytes> elements, int tag) {
  for (const Bytes& element : elements) {
    const unsigned char* place = element.data();
    long length = 0;
    int found = 0;
    int found_class = 0;
    const int form =
        ASN1_get_object(&place, &length, &found, &found_class, static_cast<long>(element.size()));
    if ((form & 0x80) != 0) return Unreadable("not DER");
    if (found_class == V_ASN1_CONTEXT_SPECIFIC && found == tag) return Bytes(place, place + length);
  }
  return Bytes();
}

}  // namespace

absl::StatusOr<CmpMessagePtr> DecodeMessage(ByteView der) {
  const BioPtr memory(BIO_new_mem_buf(der.data(), static_cast<int>(der.size())));
  CmpMessagePtr message(memory == nullptr ? nullptr : d2i_OSSL_CMP_MSG_bio(memory.get(), nullptr));
  if (message == nullptr || BIO_pending(memory.get()) != 0) {
    return Unreadable("not one message of CMP");
  }
  return message;
}

absl::StatusOr<Bytes> EncodeMessage(const OSSL_CMP_MSG* message) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || i2d_OSSL_CMP_MSG_bio(memory.get(), message) != 1) {
    return OpensslFailure("cannot encode a message");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return ToBytes(AsBytes(absl::string_view(data, static_cast<std::size_t>(size))));
}

absl::StatusOr<std::vector<Bytes>> ReadSequence(ByteView der) {
  const unsigned char* place = der.data();
  const ElementsPtr elements(d2i_ASN1_SEQUENCE_ANY(nullptr, &place, static_cast<long>(der.size())));
  if (elements == nullptr || place != der.data() + der.size()) return Unreadable("not a SEQUENCE");
  std::vector<Bytes> read;
  for (int i = 0; i < sk_ASN1_TYPE_num(elements.get()); ++i) {
    JPKID_ASSIGN_OR_RETURN(Bytes element, Encode([&](unsigned char** out) {
                             return i2d_ASN1_TYPE(sk_ASN1_TYPE_value(elements.get(), i), out);
                           }));
    read.push_back(std::move(element));
  }
  return read;
}

absl::StatusOr<Bytes> HeaderElement(ByteView message, HeaderField field) {
  JPKID_ASSIGN_OR_RETURN(const std::vector<Bytes> parts, ReadSequence(message));
  if (parts.size() < 2) return Unreadable("a message without a body");
  JPKID_ASSIGN_OR_RETURN(const std::vector<Bytes> header, ReadSequence(parts[0]));
  // pvno, sender and recipient come first; names have context tags of their own.
  constexpr std::size_t kUntagged = 3;
  if (header.size() < kUntagged) return Unreadable("a header without names");
  return ContextElement(std::span(header).subspan(kUntagged), static_cast<int>(field));
}

absl::StatusOr<Bytes> ReadHeader(ByteView message, HeaderField field) {
  JPKID_ASSIGN_OR_RETURN(const Bytes element, HeaderElement(message, field));
  const unsigned char* place = element.data();
  const OctetsPtr octets(
      element.empty() ? nullptr
                      : d2i_ASN1_OCTET_STRING(nullptr, &place, static_cast<long>(element.size())));
  if (octets == nullptr) return Unreadable("a header without transaction or nonce");
  const unsigned char* data = ASN1_STRING_get0_data(octets.get());
  return Bytes(data, data + ASN1_STRING_length(octets.get()));
}

absl::StatusOr<RevocationReason> ReadRevocationReason(ByteView message) {
  JPKID_ASSIGN_OR_RETURN(const std::vector<Bytes> parts, ReadSequence(message));
  JPKID_ASSIGN_OR_RETURN(const Bytes body, ContextElement(parts, kRevocationRequest));
  JPKID_ASSIGN_OR_RETURN(const std::vector<Bytes> requests, ReadSequence(body));
  if (requests.empty()) return Unreadable("no RevDetails");
  JPKID_ASSIGN_OR_RETURN(const std::vector<Bytes> details, ReadSequence(requests[0]));
  if (details.size() < 2) return RevocationReason::kUnspecified;
  const unsigned char* place = details[1].data();
  const ExtensionsPtr extensions(
      d2i_X509_EXTENSIONS(nullptr, &place, static_cast<long>(details[1].size())));
  if (extensions == nullptr) return Unreadable("crlEntryDetails");
  const EnumeratedPtr value(static_cast<ASN1_ENUMERATED*>(
      X509V3_get_d2i(extensions.get(), NID_crl_reason, nullptr, nullptr)));
  ERR_clear_error();
  if (value == nullptr) return RevocationReason::kUnspecified;
  switch (const long reason = ASN1_ENUMERATED_get(value.get())) {
    case static_cast<long>(RevocationReason::kUnspecified):
    case static_cast<long>(RevocationReason::kKeyCompromise):
    case static_cast<long>(RevocationReason::kAffiliationChanged):
    case static_cast<long>(RevocationReason::kSuperseded):
    case static_cast<long>(RevocationReason::kCessationOfOperation):
    case static_cast<long>(RevocationReason::kCertificateHold):
      return static_cast<RevocationReason>(reason);
    default:
      return Fail(Reason::kCaRejected, {{"detail", "a reason that is not used"}});
  }
}

}  // namespace jpkid::ca
