#include "daemon/ca/openssl.h"

#include <ctime>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <openssl/err.h>

#include "base/status.h"

namespace jpkid::ca {

absl::Status OpensslFailure(absl::string_view what) {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return Fail(Reason::kInternal,
              {{"detail", absl::StrCat(what, ": ", reason == nullptr ? "no reason" : reason)}});
}

absl::StatusOr<Bytes> EncodeCertificate(const X509* certificate) {
  return Encode([&](unsigned char** place) { return i2d_X509(certificate, place); });
}

absl::StatusOr<CertificatePtr> DecodeCertificate(ByteView der) {
  const unsigned char* place = der.data();
  CertificatePtr certificate(d2i_X509(nullptr, &place, static_cast<long>(der.size())));
  ERR_clear_error();
  if (certificate == nullptr || place != der.data() + der.size()) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "certificate"}, {"detail", "not one X.509 certificate in DER"}});
  }
  return certificate;
}

ObjectPtr Oid(absl::string_view dotted) {
  return ObjectPtr(OBJ_txt2obj(std::string(dotted).c_str(), 1));
}

TimePtr ToAsn1(absl::Time time) { return TimePtr(ASN1_TIME_set(nullptr, absl::ToTimeT(time))); }

absl::StatusOr<absl::Time> FromAsn1(const ASN1_TIME* time) {
  std::tm fields = {};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return OpensslFailure("not a time");
  return absl::FromTM(fields, absl::UTCTimeZone());
}

}  // namespace jpkid::ca
