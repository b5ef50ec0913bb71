#include "daemon/ca/holder.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "base/status.h"

namespace jpkid::ca {
namespace {

constexpr std::size_t kLongest = 200;  // Characters of a name or an address.

using NamesPtr = OpensslPtr<GENERAL_NAMES, GENERAL_NAMES_free>;
using NameEntryPtr = OpensslPtr<GENERAL_NAME, GENERAL_NAME_free>;
using TypePtr = OpensslPtr<ASN1_TYPE, ASN1_TYPE_free>;
using Utf8Ptr = OpensslPtr<ASN1_UTF8STRING, ASN1_UTF8STRING_free>;

// The characters of `text`; nothing for what is not well-formed or holds control characters.
std::optional<std::size_t> CountCharacters(const std::string& text) {
  const auto* place = reinterpret_cast<const unsigned char*>(text.data());
  int left = static_cast<int>(text.size());
  std::size_t count = 0;
  while (left > 0) {
    unsigned long character = 0;
    const int used = UTF8_getc(place, left, &character);
    const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    const bool control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    if (used <= 0 || surrogate || control || character > 0x10FFFF) return std::nullopt;
    place += used;
    left -= used;
    ++count;
  }
  return count;
}

absl::Status CheckText(absl::string_view field, const std::string& text, const std::string& flags) {
  const auto invalid = [&](absl::string_view detail) {
    return absl::InvalidArgumentError(absl::StrCat(field, ": ", detail));
  };
  if (text.empty() || text.size() > 4 * kLongest) return invalid("empty or too long");
  const std::optional<std::size_t> count = CountCharacters(text);
  if (!count.has_value()) return invalid("not printable UTF-8");
  if (*count > kLongest) return invalid("too long");
  const bool digits =
      std::all_of(flags.begin(), flags.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (!digits || (!flags.empty() && flags.size() != *count)) {
    return invalid("substitute flags must be one digit per character");
  }
  return absl::OkStatus();
}

std::string FlagsOf(const std::string& text, const std::string& flags) {
  return flags.empty() ? std::string(CountCharacters(text).value_or(0), '0') : flags;
}

bool AddOtherName(GENERAL_NAMES* names, int number, const std::string& text) {
  NameEntryPtr name(GENERAL_NAME_new());
  ObjectPtr oid = Oid(absl::StrCat("1.2.392.200149.8.5.5.", number));
  TypePtr value(ASN1_TYPE_new());
  Utf8Ptr string(ASN1_UTF8STRING_new());
  if (name == nullptr || oid == nullptr || value == nullptr || string == nullptr ||
      ASN1_STRING_set(string.get(), text.data(), static_cast<int>(text.size())) != 1) {
    return false;
  }
  ASN1_TYPE_set(value.get(), V_ASN1_UTF8STRING, string.release());
  if (GENERAL_NAME_set0_othername(name.get(), oid.get(), value.get()) != 1) return false;
  static_cast<void>(oid.release());  // Both are the name's now.
  static_cast<void>(value.release());
  if (sk_GENERAL_NAME_push(names, name.get()) <= 0) return false;
  static_cast<void>(name.release());
  return true;
}

}  // namespace

std::string BirthDateText(absl::CivilDay day) {
  struct Era {
    absl::CivilDay first;
    int digit;
  };
  static constexpr Era kEras[] = {{absl::CivilDay(2019, 5, 1), 5},
                                  {absl::CivilDay(1989, 1, 8), 4},
                                  {absl::CivilDay(1926, 12, 25), 3},
                                  {absl::CivilDay(1912, 7, 30), 2},
                                  {absl::CivilDay(1868, 1, 25), 1}};
  int digit = 0;
  for (const Era& era : kEras) {
    if (day >= era.first) {
      digit = era.digit;
      break;
    }
  }
  return absl::StrFormat("%d%04d%02d%02d", digit, day.year(), day.month(), day.day());
}

absl::Status CheckHolder(const Holder& holder) {
  JPKID_RETURN_IF_ERROR(CheckText("name", holder.name, holder.substituted_name));
  JPKID_RETURN_IF_ERROR(CheckText("address", holder.address, holder.substituted_address));
  if (holder.birth_date.year() < 1 || holder.birth_date.year() > 9999) {
    return absl::InvalidArgumentError("birth date: out of range");
  }
  return absl::OkStatus();
}

absl::StatusOr<ExtensionPtr> HolderExtension(const Holder& holder) {
  const NamesPtr names(GENERAL_NAMES_new());
  if (names == nullptr || !AddOtherName(names.get(), 1, holder.name) ||
      !AddOtherName(names.get(), 4, BirthDateText(holder.birth_date)) ||
      !AddOtherName(names.get(), 3, absl::StrCat(static_cast<int>(holder.sex))) ||
      !AddOtherName(names.get(), 5, holder.address) ||
      !AddOtherName(names.get(), 2, FlagsOf(holder.name, holder.substituted_name)) ||
      !AddOtherName(names.get(), 6, FlagsOf(holder.address, holder.substituted_address))) {
    return OpensslFailure("cannot write the holder's attributes");
  }
  ExtensionPtr extension(X509V3_EXT_i2d(NID_subject_alt_name, 0, names.get()));
  if (extension == nullptr) return OpensslFailure("cannot write the holder's attributes");
  return extension;
}

}  // namespace jpkid::ca
