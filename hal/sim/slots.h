#pragma once

#include <string>

#include "hal/sim/card_image.pb.h"

namespace jpkid::hal::sim {

enum class CertificateKind { kAuth, kSignature };

// The two files that each kind of certificate has.
enum class Part { kCertificate, kCaCertificate };

inline const CertificateSlot& SlotOf(const CardImage& image, CertificateKind kind) {
  return kind == CertificateKind::kAuth ? image.auth() : image.signature();
}

inline CertificateSlot& MutableSlot(CardImage& image, CertificateKind kind) {
  return kind == CertificateKind::kAuth ? *image.mutable_auth() : *image.mutable_signature();
}

inline const std::string& PartOf(const Credential& credential, Part part) {
  return part == Part::kCertificate ? credential.certificate() : credential.ca_certificate();
}

inline std::string& MutablePart(Credential& credential, Part part) {
  return part == Part::kCertificate ? *credential.mutable_certificate()
                                    : *credential.mutable_ca_certificate();
}

}  // namespace jpkid::hal::sim
