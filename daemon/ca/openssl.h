#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/bytes.h"

// OpenSSL's objects with owners, and its failures as statuses. For this room alone.
namespace jpkid::ca {

template <auto kFree>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
template <typename T, auto kFree>
using OpensslPtr = std::unique_ptr<T, OpensslFree<kFree>>;

using BignumPtr = OpensslPtr<BIGNUM, BN_free>;
using BioPtr = OpensslPtr<BIO, BIO_free_all>;
using CrlPtr = OpensslPtr<X509_CRL, X509_CRL_free>;
using CertificatePtr = OpensslPtr<X509, X509_free>;
using ExtensionPtr = OpensslPtr<X509_EXTENSION, X509_EXTENSION_free>;
using IntegerPtr = OpensslPtr<ASN1_INTEGER, ASN1_INTEGER_free>;
using KeyPtr = OpensslPtr<EVP_PKEY, EVP_PKEY_free>;
using NamePtr = OpensslPtr<X509_NAME, X509_NAME_free>;
using ObjectPtr = OpensslPtr<ASN1_OBJECT, ASN1_OBJECT_free>;
using RequestPtr = OpensslPtr<X509_REQ, X509_REQ_free>;
using TimePtr = OpensslPtr<ASN1_TIME, ASN1_TIME_free>;

// INTERNAL: `what`, and the newest entry of OpenSSL's error queue, which is emptied.
absl::Status OpensslFailure(absl::string_view what);

// The DER of what `i2d` writes: called with null for the length, then with the place.
template <typename I2d>
absl::StatusOr<Bytes> Encode(I2d i2d) {
  const int length = i2d(nullptr);
  if (length <= 0) return OpensslFailure("cannot encode");
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* place = der.data();
  if (i2d(&place) != length) return OpensslFailure("cannot encode");
  return der;
}
absl::StatusOr<Bytes> EncodeCertificate(const X509* certificate);

// A certificate, and nothing behind it. INVALID_ARGUMENT for anything else.
absl::StatusOr<CertificatePtr> DecodeCertificate(ByteView der);

// A dotted object identifier; null when there is no memory.
ObjectPtr Oid(absl::string_view dotted);

// A point in time as certificates write it: UTCTime to 2049, GeneralizedTime after (RFC 5280,
// 4.1.2.5).
TimePtr ToAsn1(absl::Time time);
absl::StatusOr<absl::Time> FromAsn1(const ASN1_TIME* time);

}  // namespace jpkid::ca
