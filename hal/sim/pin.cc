#include "hal/sim/pin.h"

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/status.h"

namespace jpkid::hal::sim {
namespace {

// So few that a VERIFY stays far below a card's own 20 ms. Four digits can be searched whatever the
// number; the verifier keeps the PIN out of the file, it does not guard a stolen file.
constexpr int kIterations = 1000;

using Verifier = std::array<std::uint8_t, 32>;

absl::StatusOr<Verifier> Derive(ByteView value, ByteView salt) {
  Verifier verifier;
  const absl::string_view text = AsText(value);
  if (PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), salt.data(),
                        static_cast<int>(salt.size()), kIterations, EVP_sha256(),
                        static_cast<int>(verifier.size()), verifier.data()) != 1) {
    return absl::InternalError("OpenSSL: PBKDF2");
  }
  return verifier;
}

}  // namespace

const PinRule& RuleOf(PinId id) {
  static constexpr PinRule kFourDigits = {
      .shortest = 4, .longest = 4, .capitals = false, .tries = 3};
  static constexpr PinRule kSignature = {
      .shortest = 6, .longest = 16, .capitals = true, .tries = 5};
  return id == PinId::kSignature ? kSignature : kFourDigits;
}

bool HasLength(const PinRule& rule, ByteView value) {
  return value.size() >= rule.shortest && value.size() <= rule.longest;
}

bool HasAlphabet(const PinRule& rule, ByteView value) {
  return std::all_of(value.begin(), value.end(), [&rule](std::uint8_t octet) {
    return (octet >= '0' && octet <= '9') || (rule.capitals && octet >= 'A' && octet <= 'Z');
  });
}

const Pin& PinOf(const CardImage& image, PinId id) {
  switch (id) {
    case PinId::kAuth:
      return image.auth_pin();
    case PinId::kSignature:
      return image.signature_pin();
    case PinId::kTextInput:
      break;
  }
  return image.text_input_pin();
}

Pin& MutablePin(CardImage& image, PinId id) {
  switch (id) {
    case PinId::kAuth:
      return *image.mutable_auth_pin();
    case PinId::kSignature:
      return *image.mutable_signature_pin();
    case PinId::kTextInput:
      break;
  }
  return *image.mutable_text_input_pin();
}

absl::StatusOr<Pin> MakePin(PinId id, ByteView value) {
  std::array<std::uint8_t, 16> salt;
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) {
    return absl::InternalError("OpenSSL: random octets");
  }
  JPKID_ASSIGN_OR_RETURN(const Verifier verifier, Derive(value, salt));
  Pin pin;
  pin.set_salt(salt.data(), salt.size());
  pin.set_verifier(verifier.data(), verifier.size());
  pin.set_tries_left(RuleOf(id).tries);
  return pin;
}

absl::StatusOr<bool> Matches(const Pin& pin, ByteView value) {
  JPKID_ASSIGN_OR_RETURN(const Verifier verifier, Derive(value, AsBytes(pin.salt())));
  return pin.verifier().size() == verifier.size() &&
         CRYPTO_memcmp(pin.verifier().data(), verifier.data(), verifier.size()) == 0;
}

}  // namespace jpkid::hal::sim
