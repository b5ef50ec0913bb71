#include "daemon/card/identity.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

#include "base/status.h"
#include "daemon/card/exchange.h"
#include "daemon/card/tlv.h"

namespace jpkid::card {
namespace {

constexpr absl::string_view kTrainingToken = "JPKISIMCARD";

constexpr std::uint16_t kCardRecordFile = 0x0001;  // Of the common card application.
constexpr std::uint16_t kTokenFile = 0x0006;
constexpr std::uint16_t kPresenceFile = 0x0008;

absl::StatusOr<Bytes> ReadFile(hal::Card& card, std::uint16_t file, int size) {
  return Demand(card, {.ins = 0xB0, .p1 = ShortReference(file), .le = size}, "READ BINARY");
}

// EF 0001, record 1: 01 { 15 digits serial, 5 digits municipality, YYYYMMDD }.
absl::Status ReadCardRecord(hal::Card& card, Identity& identity) {
  constexpr std::uint8_t kByNumber = 0x04;
  constexpr std::uint8_t kP2 = kCardRecordFile << 3 | kByNumber;
  JPKID_ASSIGN_OR_RETURN(
      const Bytes record,
      Demand(card, {.ins = 0xB2, .p1 = 1, .p2 = kP2, .le = hal::Command::kShortMax},
             "READ RECORD"));
  const std::optional<ByteView> value = Unwrap(record, 0x01);
  if (!value.has_value() || value->size() != 28 ||
      !std::all_of(value->begin(), value->end(), absl::ascii_isdigit)) {
    return Garbled("READ RECORD", "not the 28 digits of a card record");
  }
  const absl::string_view digits = AsText(*value);
  identity.serial = std::string(digits.substr(0, 15));
  identity.municipality_code = std::string(digits.substr(15, 5));
  const std::optional<absl::CivilDay> expiry = ParseDay(digits.substr(20));
  if (!expiry.has_value()) return Garbled("READ RECORD", "the card's expiry is no date");
  identity.card_expiry = *expiry;
  return absl::OkStatus();
}

// EF 0006: a CK_TOKEN_INFO (PKCS #11 v2.40, 3.2), which begins with label, manufacturer and model:
// 32, 32 and 16 octets.
absl::Status ReadToken(hal::Card& card, Identity& identity) {
  constexpr std::size_t kLabel = 32;
  constexpr std::size_t kModelAt = 64;
  constexpr int kSize = 80;
  JPKID_ASSIGN_OR_RETURN(const Bytes token, ReadFile(card, kTokenFile, kSize));
  if (token.size() < kLabel || !std::all_of(token.begin(), token.end(), absl::ascii_isprint)) {
    return Garbled("READ BINARY", "not a token's names");
  }
  const absl::string_view text = AsText(token);
  identity.token = std::string(absl::StripTrailingAsciiWhitespace(text.substr(0, kLabel)));
  if (text.size() == kSize) {
    identity.model = std::string(absl::StripTrailingAsciiWhitespace(text.substr(kModelAt)));
  }
  return absl::OkStatus();
}

// EF 0008: 8F where a certificate is present and 00 where not: signature, auth, and a last 00.
absl::Status ReadPresence(hal::Card& card, Identity& identity) {
  constexpr std::uint8_t kPresent = 0x8F;
  JPKID_ASSIGN_OR_RETURN(const Bytes marks, ReadFile(card, kPresenceFile, 3));
  if (marks.size() != 3) return Garbled("READ BINARY", "not the three marks of EF 0008");
  identity.signature_present = marks[0] == kPresent;
  identity.auth_present = marks[1] == kPresent;
  return absl::OkStatus();
}

}  // namespace

bool Identity::training() const { return token == kTrainingToken; }

absl::StatusOr<Identity> Identify(hal::Card& card) {
  Identity identity;
  identity.insertion = card.insertion();
  JPKID_RETURN_IF_ERROR(SelectApplication(card, kCommonApplication));
  JPKID_RETURN_IF_ERROR(ReadCardRecord(card, identity));
  JPKID_RETURN_IF_ERROR(SelectApplication(card, kJpkiApplication));
  JPKID_RETURN_IF_ERROR(ReadToken(card, identity));
  JPKID_RETURN_IF_ERROR(ReadPresence(card, identity));
  return identity;
}

}  // namespace jpkid::card
