#include "daemon/ca/cmp_issuers.h"

#include "absl/strings/str_cat.h"
#include <openssl/err.h>

#include "base/status.h"
#include "daemon/ca/ra_key.h"

namespace jpkid::ca {
namespace {

bool IsTraining(const X509* issuer) {
  char organization[64] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(issuer), NID_organizationName, organization,
                            sizeof(organization));
  return absl::string_view(organization) == "JPKI-SIM";
}

}  // namespace

bool NamesKeyOf(const ASN1_OCTET_STRING* authority_key_id, X509* issuer) {
  const ASN1_OCTET_STRING* key_id = X509_get0_subject_key_id(issuer);
  if (authority_key_id == nullptr || key_id == nullptr) return true;  // Its signature decides.
  return ASN1_OCTET_STRING_cmp(authority_key_id, key_id) == 0;
}

absl::StatusOr<CmpIssuers> CmpIssuers::Load(const CmpOptions& options) {
  CmpIssuers issuers;
  int training = 0;
  int all = 0;
  for (const certs::Kind kind : certs::kAllKinds) {
    auto& certificates = kind == certs::Kind::kAuth ? issuers.auth_ : issuers.signature_;
    for (const CmpIssuer& issuer : options.issuers(kind)) {
      JPKID_ASSIGN_OR_RETURN(std::vector<CertificatePtr> read,
                             ReadCertificates(issuer.certificate_file));
      if (X509_check_ca(read[0].get()) == 0) {
        return Fail(
            Reason::kCaUnavailable,
            {{"detail", absl::StrCat(issuer.certificate_file, ": not an issuer's certificate")}});
      }
      training += IsTraining(read[0].get()) ? 1 : 0;
      ++all;
      certificates.push_back(std::move(read[0]));
    }
  }
  if (issuers.auth_.empty() || issuers.signature_.empty()) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "issuers"}, {"detail", "one of each kind at least"}});
  }
  if (training != 0 && training != all) return Fail(Reason::kTrainingMismatch);
  issuers.training_ = training != 0;
  return issuers;
}

absl::StatusOr<Bytes> CmpIssuers::IssuerOf(certs::Kind kind, X509* certificate) const {
  for (const CertificatePtr& issuer : of(kind)) {
    if (!NamesKeyOf(X509_get0_authority_key_id(certificate), issuer.get())) continue;
    const bool signed_by = X509_verify(certificate, X509_get0_pubkey(issuer.get())) == 1;
    ERR_clear_error();
    if (signed_by) return EncodeCertificate(issuer.get());
  }
  return Fail(Reason::kCaAnswerInvalid, {{"detail", "signed by no configured issuer"}});
}

}  // namespace jpkid::ca
