#include "daemon/rpc/language.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace jpkid::rpc {

Language ParseAcceptLanguage(absl::string_view value) {
  for (absl::string_view range : absl::StrSplit(value, ',')) {
    range = absl::StripAsciiWhitespace(range.substr(0, range.find(';')));
    const absl::string_view primary = range.substr(0, range.find('-'));
    if (absl::EqualsIgnoreCase(primary, "ja")) return Language::kJapanese;
    if (absl::EqualsIgnoreCase(primary, "en")) return Language::kEnglish;
  }
  return Language::kEnglish;
}

absl::string_view LocaleOf(Language language) {
  return language == Language::kJapanese ? "ja" : "en";
}

}  // namespace jpkid::rpc
