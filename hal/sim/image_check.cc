#include "hal/sim/image_check.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include <openssl/asn1.h>

#include "base/status.h"
#include "hal/sim/pin.h"

namespace jpkid::hal::sim {
namespace {

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

bool IsDigits(absl::string_view text, std::size_t length) {
  return text.size() == length && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsDate(absl::string_view text) {
  if (!IsDigits(text, 8)) return false;
  int year = 0;
  int month = 0;
  int day = 0;
  if (!absl::SimpleAtoi(text.substr(0, 4), &year) || !absl::SimpleAtoi(text.substr(4, 2), &month) ||
      !absl::SimpleAtoi(text.substr(6, 2), &day)) {
    return false;
  }
  // CivilDay carries 31 April over into May: a date is real when it comes back unchanged.
  const absl::CivilDay date(year, month, day);
  return date.year() == year && date.month() == month && date.day() == day;
}

// 1 to 1024 octets of UTF-8: name and address fit one record each in the signature certificate's
// subjectAltName.
bool IsText(const std::string& text) {
  const auto* place = reinterpret_cast<const unsigned char*>(text.data());
  int left = static_cast<int>(std::min<std::size_t>(text.size(), 1025));
  const bool fits = left > 0 && left <= 1024;
  while (left > 0) {
    unsigned long character = 0;
    const int octets = UTF8_getc(place, left, &character);
    if (octets <= 0) return false;
    place += octets;
    left -= octets;
  }
  return fits;
}

absl::Status CheckHolder(const Holder& holder) {
  if (!IsText(holder.name())) return Wrong("the name is 1 to 1024 octets of UTF-8");
  if (!IsText(holder.address())) return Wrong("the address is 1 to 1024 octets of UTF-8");
  if (!IsDate(holder.birth_date())) return Wrong("the birth date is no date");
  if (holder.sex() != "1" && holder.sex() != "2" && holder.sex() != "9") {
    return Wrong("the sex is 1, 2 or 9");
  }
  if (!IsDigits(holder.individual_number(), 12)) return Wrong("the individual number is 12 digits");
  return absl::OkStatus();
}

absl::Status CheckPins(const CardImage& image) {
  for (const PinId id : {PinId::kAuth, PinId::kSignature, PinId::kTextInput}) {
    const Pin& pin = PinOf(image, id);
    if (pin.salt().empty() != pin.verifier().empty() || pin.tries_left() > RuleOf(id).tries) {
      return Wrong("a PIN record makes no sense");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckIssuer(const IssuerProfile& issuer) {
  const std::size_t size = issuer.enc_key().size();
  if ((size != 0 && size != 16) || issuer.mac_key().size() != size ||
      issuer.dek_key().size() != size || issuer.sequence() > 0xFFFFFF) {
    return Wrong("the issuer profile makes no sense");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckImage(const CardImage& image) {
  if (image.format() != kImageFormat) return Wrong("unknown format");
  if (!IsDigits(image.serial(), 15)) return Wrong("the serial is 15 digits");
  if (!IsDigits(image.municipality_code(), 5)) return Wrong("the municipality code is 5 digits");
  if (!IsDate(image.card_expiry())) return Wrong("the card expiry is no date");
  const std::string& label = image.token_label();
  if (label.empty() || label.size() > 32 ||
      !std::all_of(label.begin(), label.end(), absl::ascii_isgraph)) {
    return Wrong("the token label is 1 to 32 characters of ASCII without spaces");
  }
  if (image.algorithm() != RSA_2048 && image.algorithm() != EC_P384) {
    return Wrong("unknown key algorithm");
  }
  const std::uint32_t blocked = image.switches().blocked_sw();
  if (blocked != 0x6984 && blocked != 0x6983) return Wrong("the blocked status is 6984 or 6983");
  JPKID_RETURN_IF_ERROR(CheckHolder(image.holder()));
  JPKID_RETURN_IF_ERROR(CheckPins(image));
  return CheckIssuer(image.issuer());
}

}  // namespace jpkid::hal::sim
