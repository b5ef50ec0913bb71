#include "daemon/rules/pin.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "base/status.h"

namespace jpkid::rules {
namespace {

std::string Lengths(const certs::PinRule& rule, absl::string_view join) {
  if (rule.shortest == rule.longest) return absl::StrCat(rule.shortest);
  return absl::StrCat(rule.shortest, join, rule.longest);
}

absl::Status WrongForm(certs::Kind kind, const certs::PinRule& rule) {
  const bool digits = rule.alphabet == certs::PinAlphabet::kDigits;
  return Fail(Reason::kPinFormat,
              {{"pin", std::string(certs::Name(kind))},
               {"rule", digits ? absl::StrCat("it has exactly ", Lengths(rule, " to "), " digits")
                               : absl::StrCat("it has ", Lengths(rule, " to "),
                                              " letters A-Z and digits, at least one of each")},
               {"rule_ja", digits ? absl::StrCat("数字 ", Lengths(rule, "～"), " 桁")
                                  : absl::StrCat("英大文字と数字を組み合わせた ",
                                                 Lengths(rule, "～"), " 文字")}});
}

}  // namespace

absl::StatusOr<Secret> CheckedPin(certs::Kind kind, const certs::PinRule& rule, Secret pin) {
  if (pin.size() < rule.shortest || pin.size() > rule.longest) return WrongForm(kind, rule);
  bool letter = false;
  bool digit = false;
  WipedBytes folded;
  folded.reserve(pin.size());
  for (const std::uint8_t octet : pin.view()) {
    const auto upper = static_cast<std::uint8_t>(absl::ascii_toupper(octet));
    if (absl::ascii_isdigit(upper)) {
      digit = true;
    } else if (rule.alphabet == certs::PinAlphabet::kDigitsAndUpperCase && upper >= 'A' &&
               upper <= 'Z') {
      letter = true;
    } else {
      return WrongForm(kind, rule);
    }
    folded.push_back(upper);
  }
  const bool needs_letter = rule.alphabet == certs::PinAlphabet::kDigitsAndUpperCase;
  if (!digit || letter != needs_letter) return WrongForm(kind, rule);
  return Secret(std::move(folded));
}

absl::StatusOr<Secret> CheckedPin(certs::Kind kind, Secret pin) {
  return CheckedPin(kind, certs::CardProfiles().front().pin(kind), std::move(pin));
}

}  // namespace jpkid::rules
