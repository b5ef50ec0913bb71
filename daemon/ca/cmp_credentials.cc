#include "daemon/ca/cmp_credentials.h"

#include <openssl/x509_vfy.h>

#include "base/status.h"
#include "daemon/ca/ra_key.h"

namespace jpkid::ca {
namespace {

using StorePtr = OpensslPtr<X509_STORE, X509_STORE_free>;

absl::Status Invalid(absl::string_view detail) {
  return Fail(Reason::kArgumentInvalid, {{"field", "ca.cmp"}, {"detail", std::string(detail)}});
}

// OpenSSL tells its story on standard error where nobody listens; what matters is in its error
// queue.
int KeepQuiet(const char*, const char*, int, OSSL_CMP_severity, const char*) { return 1; }

}  // namespace

absl::StatusOr<CmpCredentials> CmpCredentials::Load(const CmpOptions& options) {
  CmpCredentials credentials;
  JPKID_RETURN_IF_ERROR(credentials.LoadOurs(options));
  JPKID_RETURN_IF_ERROR(credentials.LoadTheirs(options));
  if (!options.recipient.empty()) {
    JPKID_ASSIGN_OR_RETURN(credentials.recipient_, ParseName(options.recipient));
  }
  return credentials;
}

absl::Status CmpCredentials::LoadOurs(const CmpOptions& options) {
  if (!options.mac_secret_file.empty()) {
    if (!options.ra_certificate_file.empty()) return Invalid("either a certificate or a secret");
    JPKID_ASSIGN_OR_RETURN(secret_, ReadSecretFile(options.mac_secret_file));
    reference_ = options.mac_reference;
    return reference_.empty() ? Invalid("a secret needs a reference") : absl::OkStatus();
  }
  if (options.ra_certificate_file.empty()) return Invalid("a certificate or a secret is needed");
  if (options.ra_key_file.empty() == options.ra_key_uri.empty()) {
    return Invalid("the key is in a file or in PKCS#11");
  }
  JPKID_ASSIGN_OR_RETURN(std::vector<CertificatePtr> read,
                         ReadCertificates(options.ra_certificate_file));
  certificate_ = std::move(read[0]);
  if (options.ra_key_uri.empty()) {
    JPKID_ASSIGN_OR_RETURN(key_, ReadKeyFile(options.ra_key_file));
  } else {
    JPKID_ASSIGN_OR_RETURN(key_, OpenPkcs11Key(options.ra_key_uri));
  }
  if (X509_check_private_key(certificate_.get(), key_.get()) == 1) return absl::OkStatus();
  return Fail(
      Reason::kCaUnavailable,
      {{"detail", std::string(OpensslFailure("the RA's key is not its certificate's").message())}});
}

absl::Status CmpCredentials::LoadTheirs(const CmpOptions& options) {
  if (!options.server_certificate_file.empty()) {
    JPKID_ASSIGN_OR_RETURN(std::vector<CertificatePtr> read,
                           ReadCertificates(options.server_certificate_file));
    server_ = std::move(read[0]);
    return absl::OkStatus();
  }
  if (!options.trusted_file.empty()) {
    if (options.server_name.empty()) {
      return Invalid("without the server's name any holder of a certificate could be the server");
    }
    JPKID_ASSIGN_OR_RETURN(trusted_, ReadCertificates(options.trusted_file));
    JPKID_ASSIGN_OR_RETURN(expected_, ParseName(options.server_name));
    return absl::OkStatus();
  }
  return secret_.empty() ? Invalid("whose answers are taken?") : absl::OkStatus();
}

absl::Status CmpCredentials::Apply(OSSL_CMP_CTX* context, absl::Time now) const {
  bool good = OSSL_CMP_CTX_set_log_cb(context, KeepQuiet) == 1;
  if (certificate_ != nullptr) {
    good = good && OSSL_CMP_CTX_set1_cert(context, certificate_.get()) == 1 &&
           OSSL_CMP_CTX_set1_pkey(context, key_.get()) == 1;
  } else {
    good = good &&
           OSSL_CMP_CTX_set1_referenceValue(
               context, reinterpret_cast<const unsigned char*>(reference_.data()),
               static_cast<int>(reference_.size())) == 1 &&
           OSSL_CMP_CTX_set1_secretValue(context, secret_.view().data(),
                                         static_cast<int>(secret_.size())) == 1;
  }
  if (server_ != nullptr) good = good && OSSL_CMP_CTX_set1_srvCert(context, server_.get()) == 1;
  if (!trusted_.empty()) {
    StorePtr store(X509_STORE_new());
    good = good && store != nullptr;
    for (const CertificatePtr& one : trusted_) {
      good = good && X509_STORE_add_cert(store.get(), one.get()) == 1;
    }
    if (good) X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), absl::ToTimeT(now));
    good = good && OSSL_CMP_CTX_set1_expected_sender(context, expected_.get()) == 1 &&
           OSSL_CMP_CTX_set0_trustedStore(context, store.get()) == 1;
    if (good) static_cast<void>(store.release());  // The context's now.
  }
  if (recipient_ != nullptr || expected_ != nullptr) {
    const NamePtr& name = recipient_ != nullptr ? recipient_ : expected_;
    good = good && OSSL_CMP_CTX_set1_recipient(context, name.get()) == 1;
  }
  return good ? absl::OkStatus() : OpensslFailure("cannot prepare a message");
}

}  // namespace jpkid::ca
