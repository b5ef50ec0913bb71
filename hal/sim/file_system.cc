#include "hal/sim/file_system.h"

#include <algorithm>

#include "hal/sim/file_content.h"

namespace jpkid::hal::sim {
namespace {

using enum FileKind;

constexpr File kJpkiFiles[] = {
    {.id = 0x0001,
     .kind = kTransparent,
     .pin = PinId::kSignature,
     .certificate = CertificateKind::kSignature,
     .part = Part::kCertificate},
    {.id = 0x0002,
     .kind = kTransparent,
     .certificate = CertificateKind::kSignature,
     .part = Part::kCaCertificate},
    {.id = 0x0006, .kind = kTransparent, .content = TokenInformation},
    {.id = 0x0008, .kind = kTransparent, .content = CertificatesPresent},
    {.id = 0x000A,
     .kind = kTransparent,
     .certificate = CertificateKind::kAuth,
     .part = Part::kCertificate},
    {.id = 0x000B,
     .kind = kTransparent,
     .certificate = CertificateKind::kAuth,
     .part = Part::kCaCertificate},
    {.id = 0x0017, .kind = kKey, .pin = PinId::kAuth, .certificate = CertificateKind::kAuth},
    {.id = 0x0018, .kind = kPin, .pin = PinId::kAuth},
    {.id = 0x001A,
     .kind = kKey,
     .pin = PinId::kSignature,
     .certificate = CertificateKind::kSignature},
    {.id = 0x001B, .kind = kPin, .pin = PinId::kSignature},
};

constexpr File kTextInputFiles[] = {
    {.id = 0x0001, .kind = kTransparent, .pin = PinId::kTextInput, .content = IndividualNumber},
    {.id = 0x0002, .kind = kTransparent, .pin = PinId::kTextInput, .content = HolderAttributes},
    {.id = 0x0011, .kind = kPin, .pin = PinId::kTextInput},
};

constexpr File kCommonFiles[] = {{.id = 0x0001, .kind = kRecords, .content = CardIdentity}};

// Visual check and basic register are there to be found; what is in them opens to terminals of the
// state only.
constexpr Application kApplications[] = {
    {.aid = {0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01},
     .files = kJpkiFiles,
     .issuer_profile = true},
    {.aid = {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08}, .files = kTextInputFiles},
    {.aid = {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02}, .files = {}},
    {.aid = {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01}, .files = {}},
    {.aid = {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00}, .files = kCommonFiles},
};

}  // namespace

const File* Application::Find(std::uint16_t id) const {
  const auto found = std::ranges::find(files, id, &File::id);
  return found == files.end() ? nullptr : &*found;
}

const File* Application::FindShort(std::uint8_t sfi) const {
  return sfi >= 1 && sfi <= 30 ? Find(sfi) : nullptr;
}

const Application* FindApplication(ByteView aid) {
  const auto found = std::ranges::find_if(kApplications, [aid](const Application& application) {
    return std::ranges::equal(application.aid, aid);
  });
  return found == std::end(kApplications) ? nullptr : &*found;
}

Bytes ContentOf(const File& file, const CardImage& image) {
  if (file.content != nullptr) return file.content(image);
  if (!file.part.has_value()) return {};
  return ToBytes(AsBytes(PartOf(SlotOf(image, *file.certificate).current(), *file.part)));
}

}  // namespace jpkid::hal::sim
