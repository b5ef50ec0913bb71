#include "base/seal.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/file.h"
#include "base/status.h"

namespace jpkid {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

absl::Status Unavailable(absl::string_view detail) {
  return Fail(Reason::kStoreUnavailable, {{"detail", std::string(detail)}});
}

int Size(ByteView bytes) { return static_cast<int>(bytes.size()); }

}  // namespace

absl::StatusOr<std::unique_ptr<Seal>> Seal::Open(const std::string& key_file) {
  struct stat info = {};
  if (stat(key_file.c_str(), &info) != 0) {
    WipedBytes fresh(kKeySize);
    if (RAND_priv_bytes(fresh.data(), kKeySize) != 1) return Unavailable("no random numbers");
    JPKID_RETURN_IF_ERROR(ReplaceFile(key_file, fresh, 0600));
  } else if ((info.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(key_file, " may be read by others; set its mode to 0600"));
  }
  JPKID_ASSIGN_OR_RETURN(Bytes key, ReadFile(key_file, kKeySize));
  Secret secret((ByteView(key)));
  OPENSSL_cleanse(key.data(), key.size());
  if (secret.size() != kKeySize) {
    return absl::FailedPreconditionError(
        absl::StrCat(key_file, " does not hold a key of ", kKeySize, " octets"));
  }
  return std::unique_ptr<Seal>(new Seal(std::move(secret)));
}

absl::StatusOr<Bytes> Seal::Close(ByteView plain, absl::string_view context) const {
  Bytes sealed(kNonceSize + plain.size() + kTagSize);
  const Context cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  const ByteView bound = AsBytes(context);
  std::uint8_t* const text = sealed.data() + kNonceSize;
  int length = 0;
  if (RAND_bytes(sealed.data(), kNonceSize) != 1 ||
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.view().data(),
                         sealed.data()) != 1 ||
      EVP_EncryptUpdate(cipher.get(), nullptr, &length, bound.data(), Size(bound)) != 1 ||
      EVP_EncryptUpdate(cipher.get(), text, &length, plain.data(), Size(plain)) != 1 ||
      EVP_EncryptFinal_ex(cipher.get(), text + length, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, text + plain.size()) != 1) {
    return Unavailable("encryption failed");
  }
  return sealed;
}

absl::StatusOr<Bytes> Seal::Open(ByteView sealed, absl::string_view context) const {
  if (sealed.size() < kNonceSize + kTagSize) return Unavailable("a sealed row is too short");
  const ByteView text = sealed.subspan(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  Bytes tag = ToBytes(sealed.last(kTagSize));
  Bytes plain(text.size());
  const Context cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  const ByteView bound = AsBytes(context);
  int length = 0;
  if (EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.view().data(),
                         sealed.data()) != 1 ||
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, bound.data(), Size(bound)) != 1 ||
      EVP_DecryptUpdate(cipher.get(), plain.data(), &length, text.data(), Size(text)) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(cipher.get(), plain.data() + length, &length) != 1) {
    return Unavailable("a sealed row was altered, or the key file is another one");
  }
  return plain;
}

}  // namespace jpkid
