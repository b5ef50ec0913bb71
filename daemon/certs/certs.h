#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// The two certificates of a card and the generations of cards that carry them, as tables. A new
// kind or a new card generation is a new row here; nobody else writes these numbers down.
namespace jpkid::certs {

// In the order of making: a signature certificate never outlives its auth certificate.
enum class Kind {
  kAuth,       // 利用者証明用電子証明書
  kSignature,  // 署名用電子証明書
};
inline constexpr Kind kAllKinds[] = {Kind::kAuth, Kind::kSignature};

// What a certificate of a kind is, on the card and inside.
struct KindRow {
  Kind kind;
  absl::string_view name;      // "auth", as options, files and messages write it.
  absl::string_view japanese;  // As people at the counter say it.
  // Elementary files of the JPKI application.
  std::uint16_t certificate_file;
  std::uint16_t ca_certificate_file;
  std::uint16_t key_file;
  std::uint16_t pin_file;
  std::uint8_t key_reference;  // Of GENERATE in the issuer profile, tag 83.
  int pin_tries;               // Wrong entries until the PIN locks.
  absl::string_view policy;    // Certificate policy, dotted.
  bool policy_critical;
  bool non_repudiation;      // Key usage besides digitalSignature.
  bool personal_data;        // Subject with places, subjectAltName with the four attributes.
  absl::string_view issuer;  // OU that names the kind in the issuer and in the CRL's place.
};

enum class Algorithm { kRsa2048Sha256, kP384Sha384 };

struct AlgorithmRow {
  Algorithm algorithm;
  absl::string_view name;       // "RSA-2048"
  std::uint8_t card_reference;  // Of GENERATE in the issuer profile, tag 80.
  std::size_t hash_size;        // Octets of the message digest.
};

// What may stand in a PIN.
enum class PinAlphabet {
  kDigits,
  kDigitsAndUpperCase,  // A–Z and 0–9, at least one of each; lower case is folded first.
};

struct PinRule {
  std::size_t shortest;
  std::size_t longest;
  PinAlphabet alphabet;
};

// A generation of cards. Fleets are mixed for ten years.
struct CardProfile {
  absl::string_view name;  // "rsa-2048", at most 16 characters
  Algorithm algorithm;
  int validity_birthdays;     // A new certificate ends on that many birthdays from issue.
  int renewal_window_months;  // A renewal is taken this long before the end.
  bool staged;  // Has pending slots: the old certificate works until the new one does.
  PinRule auth_pin;
  PinRule signature_pin;

  const PinRule& pin(Kind kind) const { return kind == Kind::kAuth ? auth_pin : signature_pin; }
};

const KindRow& Row(Kind kind);
const AlgorithmRow& Row(Algorithm algorithm);

// All profiles; the first is the one cards are made with today.
std::span<const CardProfile> CardProfiles();

inline absl::string_view Name(Kind kind) { return Row(kind).name; }

// "auth" or "signature". ARGUMENT_INVALID for anything else.
absl::StatusOr<Kind> ParseKind(absl::string_view name);

// The last moment of a certificate whose last day is `day`: 23:59:59 Asia/Tokyo.
absl::Time EndOfValidity(absl::CivilDay day);

// A profile by its name. ARGUMENT_INVALID for an unknown one.
absl::StatusOr<CardProfile> ParseCardProfile(absl::string_view name);

// The profile of a card of `model`, as its token information calls it. The cards of today name
// none of these.
const CardProfile& ProfileOfCard(absl::string_view model);

}  // namespace jpkid::certs
