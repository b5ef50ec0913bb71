#include <openssl/pem.h>

#include "base/file.h"
#include "base/status.h"
#include "training/simca/certificates.h"
#include "training/simca/cmp_server.h"
#include "training/simca/simca.h"

namespace jpkid::simca {
namespace {

using BioPtr = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr std::size_t kMostOctets = std::size_t{1} << 16;

absl::StatusOr<KeyPtr> ReadPublicKey(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const Bytes octets, ReadFile(path, kMostOctets));
  const BioPtr memory(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
  KeyPtr key(PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr));
  if (key == nullptr) return absl::InvalidArgumentError("not a public key in PEM");
  return key;
}

absl::StatusOr<CertificatePtr> MakeCertificate(const Pair& issuer, const std::string& common_name,
                                               const RaFiles& files, absl::Time now) {
  if (files.for_key.empty()) {
    JPKID_ASSIGN_OR_RETURN(Pair pair,
                           MakePair(issuer, common_name, Use::kRegistrationAuthority, now));
    JPKID_RETURN_IF_ERROR(WritePair(files.out, pair));
    return std::move(pair.certificate);
  }
  JPKID_ASSIGN_OR_RETURN(const KeyPtr key, ReadPublicKey(files.for_key));
  JPKID_ASSIGN_OR_RETURN(CertificatePtr certificate,
                         Certify(issuer, key.get(), common_name, Use::kRegistrationAuthority, now));
  JPKID_RETURN_IF_ERROR(WriteCertificates(files.out, {certificate.get()}));
  return certificate;
}

absl::Status Export(const std::string& from, const std::string& to) {
  if (to.empty()) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(const Pair pair, ReadPair(from));
  return WriteCertificates(to, {pair.certificate.get()});
}

}  // namespace

absl::Status MakeRa(const std::string& ca_dir, const std::string& common_name, const RaFiles& files,
                    const Clock& clock) {
  // Makes what the directory lacks.
  JPKID_RETURN_IF_ERROR(CmpServer::Open({.ca_dir = ca_dir}, clock).status());
  JPKID_ASSIGN_OR_RETURN(const Pair issuer, ReadPair(IssuerPath(ca_dir, "auth")));
  JPKID_ASSIGN_OR_RETURN(const CertificatePtr made,
                         MakeCertificate(issuer, common_name, files, clock.Now()));
  JPKID_ASSIGN_OR_RETURN(const std::vector<CertificatePtr> before, ReadAll(RaPath(ca_dir)));
  std::vector<const X509*> served;
  for (const CertificatePtr& one : before) served.push_back(one.get());
  served.push_back(made.get());
  JPKID_RETURN_IF_ERROR(WriteCertificates(RaPath(ca_dir), served));
  JPKID_RETURN_IF_ERROR(Export(ServerPath(ca_dir), files.server));
  JPKID_RETURN_IF_ERROR(Export(IssuerPath(ca_dir, "auth"), files.auth_issuer));
  return Export(IssuerPath(ca_dir, "signature"), files.signature_issuer);
}

}  // namespace jpkid::simca
