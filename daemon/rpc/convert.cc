#include "daemon/rpc/convert.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"

#include "base/clock.h"
#include "base/status.h"

namespace jpkid::rpc {
namespace {

// The first day of Meiji, with which the eras begin that a register of residents knows.
constexpr absl::CivilDay kFirstBirthday(1868, 1, 1);

absl::Status Invalid(absl::string_view field, absl::string_view detail) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", std::string(field)}, {"detail", std::string(detail)}});
}

// Characters of UTF-8 text: octets that do not continue one.
std::size_t Characters(absl::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char octet) { return (octet & 0xC0) != 0x80; }));
}

// C0, DEL, and C1 in its two octets.
bool HasControlCharacter(absl::string_view text) {
  char before = 0;
  for (const char octet : text) {
    const bool c1 = before == '\xC2' && static_cast<unsigned char>(octet) < 0xA0;
    if (absl::ascii_iscntrl(static_cast<unsigned char>(octet)) || c1) return true;
    before = octet;
  }
  return false;
}

absl::Status CheckText(absl::string_view text, std::size_t most, absl::string_view field) {
  if (text.empty()) return Fail(Reason::kHolderDataMissing, {{"field", std::string(field)}});
  if (Characters(text) > most) {
    return Invalid(absl::StrCat("holder.", field), absl::StrCat("at most ", most, " characters"));
  }
  if (HasControlCharacter(text)) {
    return Invalid(absl::StrCat("holder.", field), "no control characters");
  }
  return absl::OkStatus();
}

absl::StatusOr<ca::Sex> ToSex(int sex) {
  switch (sex) {
    case 1:
      return ca::Sex::kMale;
    case 2:
      return ca::Sex::kFemale;
    case 9:
      return ca::Sex::kNotApplicable;
    default:
      return Invalid("holder.sex", "1, 2 or 9");
  }
}

v1::Reader::State ToState(const session::ReaderStatus& status) {
  switch (status.hardware.presence) {
    case hal::Presence::kEmpty:
      return v1::Reader::STATE_EMPTY;
    case hal::Presence::kPresent:
      return status.holder.empty() ? v1::Reader::STATE_CARD_PRESENT : v1::Reader::STATE_IN_USE;
    case hal::Presence::kElsewhere:
      return v1::Reader::STATE_HELD_ELSEWHERE;
    case hal::Presence::kMute:
      return v1::Reader::STATE_CARD_MUTE;
    case hal::Presence::kUnavailable:
      return v1::Reader::STATE_UNAVAILABLE;
  }
  return v1::Reader::STATE_UNSPECIFIED;
}

v1::PinStatus::State ToState(card::PinStatus::State state) {
  switch (state) {
    case card::PinStatus::State::kUsable:
      return v1::PinStatus::STATE_READY;
    case card::PinStatus::State::kBlocked:
      return v1::PinStatus::STATE_BLOCKED;
    case card::PinStatus::State::kNotSet:
      return v1::PinStatus::STATE_NOT_SET;
  }
  return v1::PinStatus::STATE_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<std::string> IdOf(absl::string_view collection, absl::string_view name,
                                 absl::string_view field) {
  absl::string_view id = name;
  if (!absl::ConsumePrefix(&id, absl::StrCat(collection, "/")) || id.empty() || id.size() > 128 ||
      absl::StrContains(id, '/')) {
    return Invalid(field, absl::StrCat("must be '", collection, "/…'"));
  }
  return std::string(id);
}

absl::StatusOr<certs::Kind> ToKind(v1::CertificateKind kind, absl::string_view field) {
  if (kind == v1::CERTIFICATE_KIND_AUTH) return certs::Kind::kAuth;
  if (kind == v1::CERTIFICATE_KIND_SIGNATURE) return certs::Kind::kSignature;
  return Invalid(field, "auth or signature");
}

absl::StatusOr<certs::Kind> ToKind(v1::PinKind kind, absl::string_view field) {
  if (kind == v1::PIN_KIND_AUTH) return certs::Kind::kAuth;
  if (kind == v1::PIN_KIND_SIGNATURE) return certs::Kind::kSignature;
  return Invalid(field, "auth or signature");
}

v1::CertificateKind ToCertificateKind(certs::Kind kind) {
  return kind == certs::Kind::kAuth ? v1::CERTIFICATE_KIND_AUTH : v1::CERTIFICATE_KIND_SIGNATURE;
}

v1::PinKind ToPinKind(certs::Kind kind) {
  return kind == certs::Kind::kAuth ? v1::PIN_KIND_AUTH : v1::PIN_KIND_SIGNATURE;
}

v1::CertificateKind ToCertificateKind(absl::string_view name) {
  const absl::StatusOr<certs::Kind> kind = certs::ParseKind(name);
  return kind.ok() ? ToCertificateKind(*kind) : v1::CERTIFICATE_KIND_UNSPECIFIED;
}

v1::PinKind ToPinKind(absl::string_view name) {
  const absl::StatusOr<certs::Kind> kind = certs::ParseKind(name);
  return kind.ok() ? ToPinKind(*kind) : v1::PIN_KIND_UNSPECIFIED;
}

// absl would take "1980-2-7" and blanks, too.
absl::StatusOr<absl::CivilDay> ToDay(absl::string_view text, absl::string_view field) {
  absl::CivilDay day;
  if (text.size() == 10 && absl::ParseCivilTime(text, &day) && absl::FormatCivilTime(day) == text) {
    return day;
  }
  return Invalid(field, text.empty() ? "is missing; a date, YYYY-MM-DD"
                                     : "is no date of the calendar, YYYY-MM-DD");
}

absl::StatusOr<ca::Holder> ToHolder(const v1::Holder& holder) {
  JPKID_RETURN_IF_ERROR(CheckText(holder.name(), 200, "name"));
  JPKID_RETURN_IF_ERROR(CheckText(holder.address(), 400, "address"));
  JPKID_ASSIGN_OR_RETURN(const absl::CivilDay birth_date,
                         ToDay(holder.birth_date(), "holder.birth_date"));
  if (birth_date < kFirstBirthday) return Invalid("holder.birth_date", "is too long ago");
  JPKID_ASSIGN_OR_RETURN(const ca::Sex sex, ToSex(holder.sex()));
  return ca::Holder{.name = holder.name(),
                    .address = holder.address(),
                    .sex = sex,
                    .birth_date = birth_date,
                    .substituted_name = holder.name_substitutes(),
                    .substituted_address = holder.address_substitutes()};
}

v1::Reader ToReader(const session::ReaderStatus& status, absl::Time now) {
  v1::Reader reader;
  reader.set_name(absl::StrCat("readers/", status.alias));
  reader.set_driver_name(status.hardware.name);
  reader.set_state(ToState(status));
  reader.set_insertion(static_cast<std::int64_t>(status.hardware.insertion));
  reader.set_atr(ToHex(status.hardware.atr));
  // Since when a program outside this daemon holds it, nobody tells us.
  const bool elsewhere = reader.state() == v1::Reader::STATE_HELD_ELSEWHERE;
  reader.set_detail(elsewhere ? "" : status.hardware.detail);
  reader.set_holder(elsewhere ? status.hardware.detail : status.holder);
  if (!status.holder.empty()) {
    reader.mutable_held_for()->set_seconds(absl::ToInt64Seconds(now - status.held_since));
  }
  reader.set_waiting(status.waiting);
  return reader;
}

v1::CertificateInfo ToCertificateInfo(const ca::Certificate& certificate) {
  v1::CertificateInfo info;
  if (certificate.kind.has_value()) info.set_kind(ToCertificateKind(*certificate.kind));
  info.set_serial_number(certificate.serial);
  info.set_issuer(certificate.issuer);
  info.set_subject(certificate.subject);
  *info.mutable_not_before_time() = ToTimestamp(absl::ToUnixMicros(certificate.not_before));
  *info.mutable_not_after_time() = ToTimestamp(absl::ToUnixMicros(certificate.not_after));
  info.set_expiry_date(absl::FormatCivilTime(absl::ToCivilDay(certificate.not_after, Tokyo())));
  return info;
}

v1::PinStatus ToPinStatus(certs::Kind kind, const card::PinStatus& status) {
  v1::PinStatus wire;
  wire.set_pin(ToPinKind(kind));
  wire.set_state(ToState(status.state));
  wire.set_tries_left(status.tries_left);
  return wire;
}

google::protobuf::Timestamp ToTimestamp(std::int64_t microseconds) {
  constexpr std::int64_t kMicros = 1'000'000;
  google::protobuf::Timestamp timestamp;
  std::int64_t seconds = microseconds / kMicros;
  std::int64_t rest = microseconds % kMicros;
  if (rest < 0) {  // Nanoseconds count forward, before 1970 too.
    rest += kMicros;
    --seconds;
  }
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>(rest * 1000));
  return timestamp;
}

}  // namespace jpkid::rpc
