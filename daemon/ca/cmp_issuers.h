#pragma once

#include <vector>

#include "absl/status/statusor.h"

#include "daemon/ca/cmp.h"
#include "daemon/ca/openssl.h"
#include "daemon/certs/certs.h"

namespace jpkid::ca {

// The issuers of an authority, as configured. Generations share a name: whose certificate or list
// something is, its key says.
class CmpIssuers {
 public:
  // TRAINING_MISMATCH where some are O=JPKI-SIM and some are not.
  static absl::StatusOr<CmpIssuers> Load(const CmpOptions& options);

  // Who signed `certificate`, DER. CA_ANSWER_INVALID: none of `kind`.
  absl::StatusOr<Bytes> IssuerOf(certs::Kind kind, X509* certificate) const;

  // The generations, in the order of the options.
  const std::vector<CertificatePtr>& of(certs::Kind kind) const {
    return kind == certs::Kind::kAuth ? auth_ : signature_;
  }
  bool training() const { return training_; }

 private:
  std::vector<CertificatePtr> auth_;
  std::vector<CertificatePtr> signature_;
  bool training_ = false;
};

// Whether an authority key identifier (null: none) can be `issuer`'s.
bool NamesKeyOf(const ASN1_OCTET_STRING* authority_key_id, X509* issuer);

}  // namespace jpkid::ca
