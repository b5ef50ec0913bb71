#include "hal/sim/issuer_profile.h"

#include <openssl/evp.h>

#include "base/status.h"
#include "hal/sim/certificate.h"
#include "hal/sim/private_key.h"
#include "hal/sim/tlv.h"

namespace jpkid::hal::sim {
namespace {

enum State : std::uint8_t { kNothing = 0x00, kKey = 0x01, kKeyAndCertificate = 0x02 };

absl::StatusOr<Bytes> Sha256(ByteView data) {
  Bytes digest(32);
  if (EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    return absl::InternalError("OpenSSL: SHA-256");
  }
  return digest;
}

bool IsCertified(const PrivateKey& key, const Credential& pending) {
  return IsCertificateOf(key, AsBytes(pending.certificate())) &&
         (pending.ca_certificate().empty() ||
          IsWholeCertificate(AsBytes(pending.ca_certificate())));
}

absl::StatusOr<Bytes> OneKind(std::uint8_t key_file, const Credential& pending) {
  Bytes parts = Tlv(0x83, Bytes{key_file});
  if (pending.private_key().empty()) {
    Append(parts, Tlv(0x80, Bytes{kNothing}));
    return Tlv(0xA0, parts);
  }
  JPKID_ASSIGN_OR_RETURN(const PrivateKey key, PrivateKey::FromDer(AsBytes(pending.private_key())));
  const State state = IsCertified(key, pending) ? kKeyAndCertificate : kKey;
  Append(parts, Tlv(0x80, Bytes{state}));
  JPKID_ASSIGN_OR_RETURN(const Bytes info, key.PublicKeyInfo());
  JPKID_ASSIGN_OR_RETURN(const Bytes digest, Sha256(info));
  Append(parts, Tlv(0x81, digest));
  return Tlv(0xA0, parts);
}

}  // namespace

bool IsComplete(const Credential& pending) {
  const absl::StatusOr<PrivateKey> key = PrivateKey::FromDer(AsBytes(pending.private_key()));
  return key.ok() && IsCertified(*key, pending);
}

absl::StatusOr<Bytes> PendingTemplate(const CardImage& image) {
  JPKID_ASSIGN_OR_RETURN(Bytes parts, OneKind(0x17, image.auth().pending()));
  JPKID_ASSIGN_OR_RETURN(const Bytes signature, OneKind(0x1A, image.signature().pending()));
  Append(parts, signature);
  return Tlv(0xDF20, parts);
}

}  // namespace jpkid::hal::sim
