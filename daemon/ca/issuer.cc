#include "daemon/ca/issuer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/file.h"
#include "base/status.h"
#include "daemon/ca/profile.h"

namespace jpkid::ca {
namespace {

absl::Status Unusable(absl::string_view path, absl::string_view why) {
  return Fail(Reason::kCaUnavailable, {{"detail", absl::StrCat(path, ": ", why)}});
}

// A new key and its certificate, as the file holds them.
absl::Status WriteNewPair(const std::string& path, certs::Kind kind, absl::Time now) {
  const KeyPtr key(EVP_RSA_gen(2048));
  if (key == nullptr) return OpensslFailure("cannot make a key");
  JPKID_ASSIGN_OR_RETURN(const CertificatePtr certificate,
                         MakeIssuerCertificate(kind, key.get(), now));
  const BioPtr memory(BIO_new(BIO_s_secmem()));  // Wiped when freed.
  if (memory == nullptr || PEM_write_bio_X509(memory.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return OpensslFailure("cannot write a key");
  }
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &text);
  return ReplaceFile(path, AsBytes(absl::string_view(text, static_cast<std::size_t>(length))),
                     0600);
}

// Makes the file unless it is there. It appears whole: a link either takes the name or finds it
// taken, and then the other process's pair is the one.
absl::Status EnsureFile(const std::string& path, certs::Kind kind, absl::Time now) {
  if (access(path.c_str(), F_OK) == 0) return absl::OkStatus();
  Bytes random(8);
  if (RAND_bytes(random.data(), 8) != 1) return OpensslFailure("no random numbers");
  const std::string mine = absl::StrCat(path, ".", ToHex(random));
  if (const absl::Status status = WriteNewPair(mine, kind, now); !status.ok()) {
    return Unusable(path, status.message());
  }
  const bool linked = link(mine.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const int error = errno;
  unlink(mine.c_str());
  if (!linked) return Unusable(path, strerror(error));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Issuer> OpenIssuer(const std::string& directory, certs::Kind kind, absl::Time now) {
  const std::string path = absl::StrCat(directory, "/", certs::Name(kind), "-ca.pem");
  JPKID_RETURN_IF_ERROR(EnsureFile(path, kind, now));
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (!fd.valid() || fstat(fd.get(), &info) != 0) return Unusable(path, strerror(errno));
  if ((info.st_mode & 077) != 0) return Unusable(path, "others may read the key; chmod 600");
  Issuer issuer;
  issuer.kind = kind;
  const BioPtr file(BIO_new_fd(fd.get(), BIO_NOCLOSE));
  if (file == nullptr) return OpensslFailure("cannot read a key");
  issuer.certificate.reset(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  issuer.key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  if (issuer.certificate == nullptr || issuer.key == nullptr ||
      X509_check_private_key(issuer.certificate.get(), issuer.key.get()) != 1) {
    return Unusable(path, OpensslFailure("not a certificate and its key").message());
  }
  JPKID_ASSIGN_OR_RETURN(issuer.der, EncodeCertificate(issuer.certificate.get()));
  JPKID_ASSIGN_OR_RETURN(issuer.extensions, CommonExtensions(kind, issuer.certificate.get()));
  return issuer;
}

}  // namespace jpkid::ca
