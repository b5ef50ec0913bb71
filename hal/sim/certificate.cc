#include "hal/sim/certificate.h"

#include <memory>

#include <openssl/err.h>
#include <openssl/x509.h>

namespace jpkid::hal::sim {
namespace {

struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, X509Free>;

// Null for anything but exactly one certificate.
Certificate Parse(ByteView der) {
  const std::uint8_t* at = der.data();
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();  // A certificate half written is an ordinary answer, not OpenSSL's failure.
  if (certificate == nullptr || at != der.data() + der.size()) return nullptr;
  return certificate;
}

}  // namespace

bool IsWholeCertificate(ByteView der) { return Parse(der) != nullptr; }

bool IsCertificateOf(const PrivateKey& key, ByteView der) {
  const Certificate certificate = Parse(der);
  const X509_PUBKEY* const certified =
      certificate == nullptr ? nullptr : X509_get_X509_PUBKEY(certificate.get());
  const absl::StatusOr<Bytes> own = key.PublicKeyInfo();
  if (certified == nullptr || !own.ok()) return false;
  std::uint8_t* encoded = nullptr;
  const int size = i2d_X509_PUBKEY(certified, &encoded);
  if (size < 0) return false;
  const Bytes other(encoded, encoded + size);
  OPENSSL_free(encoded);
  return other == *own;
}

}  // namespace jpkid::hal::sim
