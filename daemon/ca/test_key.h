#pragma once

#include <string>

#include "base/bytes.h"
#include "daemon/ca/openssl.h"
#include "daemon/certs/certs.h"

// A private key in memory that signs as a card does. For tests.
namespace jpkid::ca {

class TestKey {
 public:
  explicit TestKey(certs::Algorithm algorithm);
  explicit TestKey(KeyPtr key, certs::Algorithm algorithm)
      : algorithm_(algorithm), key_(std::move(key)) {}

  // One key per algorithm and program: RSA keys take a while.
  static const TestKey& Of(certs::Algorithm algorithm);

  certs::Algorithm algorithm() const { return algorithm_; }
  EVP_PKEY* key() const { return key_.get(); }
  Bytes PublicKey() const;

  // What the card answers to `input` (SignatureInput).
  Bytes Sign(ByteView input) const;

  // A finished request.
  Bytes Request(const std::string& common_name = "test") const;

 private:
  certs::Algorithm algorithm_;
  KeyPtr key_;
};

}  // namespace jpkid::ca
