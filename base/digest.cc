#include "base/digest.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace jpkid {

Bytes Sha256(ByteView data) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

Bytes Sha256OfParts(const std::vector<absl::string_view>& parts) {
  std::string text;
  for (const absl::string_view part : parts) absl::StrAppend(&text, part.size(), ":", part);
  Bytes digest = Sha256(AsBytes(text));
  OPENSSL_cleanse(text.data(), text.size());
  return digest;
}

}  // namespace jpkid
