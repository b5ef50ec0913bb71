#include "clients/lib/language.h"

namespace jpkid::client {

Language LanguageOfLocale(absl::string_view lc_all, absl::string_view lc_messages,
                          absl::string_view lang) {
  const absl::string_view locale = !lc_all.empty()        ? lc_all
                                   : !lc_messages.empty() ? lc_messages
                                                          : lang;
  // "ja", "ja_JP.UTF-8", "ja.UTF-8"; not "jam".
  const absl::string_view language = locale.substr(0, locale.find_first_of("_.@"));
  return language == "ja" ? Language::kJapanese : Language::kEnglish;
}

absl::string_view LanguageTag(Language language) {
  return language == Language::kJapanese ? "ja" : "en";
}

std::optional<Language> LanguageOfTag(absl::string_view tag) {
  if (tag == "ja") return Language::kJapanese;
  if (tag == "en") return Language::kEnglish;
  return std::nullopt;
}

}  // namespace jpkid::client
