#include "base/digest.h"

#include <openssl/sha.h>

namespace jpkid {

Bytes Sha256(ByteView data) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

}  // namespace jpkid
