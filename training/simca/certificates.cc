#include "training/simca/certificates.h"

#include <sys/stat.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/file.h"
#include "base/status.h"

namespace jpkid::simca {
namespace {

using BioPtr = std::unique_ptr<BIO, Free<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, Free<BN_free>>;

constexpr std::size_t kMostOctets = std::size_t{1} << 20;
constexpr long kTenYears = 3650L * 24 * 3600;
constexpr long kOneDay = 24 * 3600;

absl::Status Broken(absl::string_view what) {
  ERR_clear_error();
  return absl::FailedPreconditionError(what);
}

ByteView Content(const BioPtr& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return AsBytes(absl::string_view(data, static_cast<std::size_t>(size)));
}

bool AddExtension(X509* certificate, const Pair& issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer.certificate.get(), certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool SetNames(X509* certificate, const Pair& issuer, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto add = [&](const char* field, const std::string& value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  return add("C", "JP") && add("O", "JPKI-SIM") && add("CN", common_name) &&
         X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get())) == 1;
}

bool SetSerial(X509* certificate) {
  unsigned char octets[16];
  if (RAND_bytes(octets, sizeof(octets)) != 1) return false;
  octets[0] = static_cast<unsigned char>((octets[0] & 0x3F) | 0x40);
  const BignumPtr number(BN_bin2bn(octets, sizeof(octets), nullptr));
  return BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

}  // namespace

std::string IssuerPath(const std::string& ca_dir, const std::string& kind) {
  return absl::StrCat(ca_dir, "/", kind, "-ca.pem");
}
std::string ServerPath(const std::string& ca_dir) {
  return absl::StrCat(ca_dir, "/cmp-server.pem");
}
std::string RaPath(const std::string& ca_dir) {
  return absl::StrCat(ca_dir, "/registration-authorities.pem");
}

absl::StatusOr<Pair> ReadPair(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const Bytes octets, ReadFile(path, kMostOctets));
  const BioPtr memory(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
  Pair pair;
  pair.certificate.reset(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  pair.key.reset(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  if (pair.certificate == nullptr || pair.key == nullptr ||
      X509_check_private_key(pair.certificate.get(), pair.key.get()) != 1) {
    return Broken(absl::StrCat(path, " does not hold a certificate and its key"));
  }
  return pair;
}

absl::Status WritePair(const std::string& path, const Pair& pair) {
  const BioPtr memory(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_X509(memory.get(), pair.certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(memory.get(), pair.key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return Broken("cannot write a key");
  }
  return ReplaceFile(path, Content(memory), 0600);
}

absl::StatusOr<std::vector<CertificatePtr>> ReadAll(const std::string& path) {
  std::vector<CertificatePtr> all;
  const absl::StatusOr<Bytes> octets = ReadFile(path, kMostOctets);
  if (absl::IsNotFound(octets.status())) return all;
  JPKID_RETURN_IF_ERROR(octets.status());
  const BioPtr memory(BIO_new_mem_buf(octets->data(), static_cast<int>(octets->size())));
  while (X509* one = PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)) {
    all.emplace_back(one);
  }
  ERR_clear_error();
  return all;
}

absl::Status WriteCertificates(const std::string& path, const std::vector<const X509*>& all) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  for (const X509* one : all) {
    if (PEM_write_bio_X509(memory.get(), one) != 1) return Broken("cannot write a certificate");
  }
  return ReplaceFile(path, Content(memory), 0644);
}

absl::StatusOr<CertificatePtr> Certify(const Pair& issuer, EVP_PKEY* key,
                                       const std::string& common_name, Use use, absl::Time now) {
  CertificatePtr certificate(X509_new());
  const char* const use_oid =
      use == Use::kServer ? "1.3.6.1.5.5.7.3.27" : "1.3.6.1.5.5.7.3.28";  // cmcCA, cmcRA
  std::time_t at = absl::ToTimeT(now);
  if (certificate == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !SetSerial(certificate.get()) || !SetNames(certificate.get(), issuer, common_name) ||
      X509_set_pubkey(certificate.get(), key) != 1 ||
      X509_time_adj(X509_getm_notBefore(certificate.get()), -kOneDay, &at) == nullptr ||
      X509_time_adj(X509_getm_notAfter(certificate.get()), kTenYears, &at) == nullptr ||
      !AddExtension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature") ||
      !AddExtension(certificate.get(), issuer, NID_ext_key_usage, use_oid) ||
      !AddExtension(certificate.get(), issuer, NID_subject_key_identifier, "hash") ||
      !AddExtension(certificate.get(), issuer, NID_authority_key_identifier, "keyid") ||
      X509_sign(certificate.get(), issuer.key.get(), EVP_sha256()) <= 0) {
    return Broken("cannot make a certificate");
  }
  return certificate;
}

absl::StatusOr<Pair> MakePair(const Pair& issuer, const std::string& common_name, Use use,
                              absl::Time now) {
  Pair pair;
  pair.key.reset(EVP_EC_gen("P-256"));
  if (pair.key == nullptr) return Broken("cannot make a key");
  JPKID_ASSIGN_OR_RETURN(pair.certificate, Certify(issuer, pair.key.get(), common_name, use, now));
  return pair;
}

}  // namespace jpkid::simca
