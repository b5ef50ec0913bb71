#include "daemon/certs/certs.h"

#include "base/clock.h"
#include "base/status.h"

namespace jpkid::certs {
namespace {

constexpr KindRow kKinds[] = {
    {.kind = Kind::kAuth,
     .name = "auth",
     .japanese = "利用者証明用電子証明書",
     .certificate_file = 0x000A,
     .ca_certificate_file = 0x000B,
     .key_file = 0x0017,
     .pin_file = 0x0018,
     .key_reference = 0x17,
     .pin_tries = 3,
     .policy = "1.2.392.200149.8.5.1.3.30",
     .policy_critical = false,
     .non_repudiation = false,
     .personal_data = false,
     .issuer = "JPKI for user authentication"},
    {.kind = Kind::kSignature,
     .name = "signature",
     .japanese = "署名用電子証明書",
     .certificate_file = 0x0001,
     .ca_certificate_file = 0x0002,
     .key_file = 0x001A,
     .pin_file = 0x001B,
     .key_reference = 0x1A,
     .pin_tries = 5,
     .policy = "1.2.392.200149.8.5.1.1.20",
     .policy_critical = true,
     .non_repudiation = true,
     .personal_data = true,
     .issuer = "JPKI for digital signature"},
};

constexpr AlgorithmRow kAlgorithms[] = {
    {Algorithm::kRsa2048Sha256, "RSA-2048", 0x07, 32},
    {Algorithm::kP384Sha384, "P-384", 0x14, 48},
};

constexpr PinRule kAuthPin = {4, 4, PinAlphabet::kDigits};
constexpr PinRule kSignaturePin = {6, 16, PinAlphabet::kDigitsAndUpperCase};

constexpr CardProfile kProfiles[] = {
    {.name = "rsa-2048",
     .algorithm = Algorithm::kRsa2048Sha256,
     .validity_birthdays = 5,
     .renewal_window_months = 3,
     .staged = true,
     .auth_pin = kAuthPin,
     .signature_pin = kSignaturePin},
    {.name = "rsa-2048-direct",
     .algorithm = Algorithm::kRsa2048Sha256,
     .validity_birthdays = 5,
     .renewal_window_months = 3,
     .staged = false,
     .auth_pin = kAuthPin,
     .signature_pin = kSignaturePin},
    // The card announced for FY2028. Its PIN formats are not published: today's are assumed.
    {.name = "p-384",
     .algorithm = Algorithm::kP384Sha384,
     .validity_birthdays = 10,
     .renewal_window_months = 12,
     .staged = true,
     .auth_pin = kAuthPin,
     .signature_pin = kSignaturePin},
    {.name = "p-384-direct",
     .algorithm = Algorithm::kP384Sha384,
     .validity_birthdays = 10,
     .renewal_window_months = 12,
     .staged = false,
     .auth_pin = kAuthPin,
     .signature_pin = kSignaturePin},
};

}  // namespace

const KindRow& Row(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

const AlgorithmRow& Row(Algorithm algorithm) {
  return kAlgorithms[static_cast<std::size_t>(algorithm)];
}

std::span<const CardProfile> CardProfiles() { return kProfiles; }

absl::StatusOr<Kind> ParseKind(absl::string_view name) {
  for (const KindRow& row : kKinds) {
    if (row.name == name) return row.kind;
  }
  return Fail(Reason::kArgumentInvalid,
              {{"field", "kind"}, {"detail", "must be 'auth' or 'signature'"}});
}

absl::Time EndOfValidity(absl::CivilDay day) {
  return absl::FromCivil(absl::CivilSecond(day.year(), day.month(), day.day(), 23, 59, 59),
                         Tokyo());
}

absl::StatusOr<CardProfile> ParseCardProfile(absl::string_view name) {
  for (const CardProfile& profile : kProfiles) {
    if (profile.name == name) return profile;
  }
  return Fail(Reason::kArgumentInvalid,
              {{"field", "application.card_profile"}, {"detail", "is not known"}});
}

const CardProfile& ProfileOfCard(absl::string_view model) {
  for (const CardProfile& profile : kProfiles) {
    if (profile.name == model) return profile;
  }
  return kProfiles[0];
}

}  // namespace jpkid::certs
