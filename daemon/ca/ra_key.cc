#include "daemon/ca/ra_key.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/file.h"
#include "base/status.h"

namespace jpkid::ca {
namespace {

constexpr std::size_t kMostOctets = std::size_t{1} << 20;
constexpr int kMostCertificates = 100;

absl::Status Unusable(absl::string_view path, absl::string_view why) {
  return Fail(Reason::kCaUnavailable, {{"detail", absl::StrCat(path, ": ", why)}});
}

// Nobody is asked for a passphrase: a daemon has no terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

absl::StatusOr<UniqueFd> OpenPrivate(const std::string& path) {
  UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (!file.valid() || fstat(file.get(), &info) != 0) return Unusable(path, strerror(errno));
  if ((info.st_mode & 077) != 0) return Unusable(path, "others may read it; chmod 600");
  return file;
}

}  // namespace

absl::StatusOr<KeyPtr> ReadKeyFile(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const UniqueFd file, OpenPrivate(path));
  const BioPtr bio(BIO_new_fd(file.get(), BIO_NOCLOSE));
  if (bio == nullptr) return OpensslFailure("cannot read a key");
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    return Unusable(path, OpensslFailure("no private key without a passphrase").message());
  }
  return key;
}

absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const UniqueFd file, OpenPrivate(path));
  absl::StatusOr<Secret> secret = ReadSecretFromFd(file.get());
  if (!secret.ok()) return Unusable(path, secret.status().message());
  return secret;
}

absl::StatusOr<std::vector<CertificatePtr>> ReadCertificates(const std::string& path) {
  const absl::StatusOr<Bytes> octets = ReadFile(path, kMostOctets);
  if (!octets.ok()) return Unusable(path, octets.status().message());
  const BioPtr bio(BIO_new_mem_buf(octets->data(), static_cast<int>(octets->size())));
  std::vector<CertificatePtr> certificates;
  for (int i = 0; bio != nullptr && i < kMostCertificates; ++i) {
    CertificatePtr one(PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
    if (one == nullptr) break;
    certificates.push_back(std::move(one));
  }
  ERR_clear_error();
  if (certificates.empty()) return Unusable(path, "no certificate in PEM");
  return certificates;
}

absl::StatusOr<NamePtr> ParseName(const std::string& text) {
  NamePtr name(X509_NAME_new());
  bool good = name != nullptr && text.size() > 1 && text[0] == '/';
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(text).substr(good ? 1 : 0), '/')) {
    const std::pair<std::string, std::string> entry = absl::StrSplit(part, absl::MaxSplits('=', 1));
    good = good && !entry.second.empty() &&
           X509_NAME_add_entry_by_txt(name.get(), entry.first.c_str(), MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(entry.second.data()),
                                      static_cast<int>(entry.second.size()), -1, 0) == 1;
  }
  ERR_clear_error();
  if (!good) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "name"}, {"detail", absl::StrCat(text, " is not like /C=JP/O=…/CN=…")}});
  }
  return name;
}

}  // namespace jpkid::ca
