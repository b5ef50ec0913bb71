#pragma once

#include <optional>

#include "absl/strings/string_view.h"

#include "base/reason.h"

// In which language people are told.
namespace jpkid::client {

// The language of a locale, given the values of LC_ALL, LC_MESSAGES and LANG: the first that is not
// empty decides (POSIX.1-2017, XBD 8.2). Anything but Japanese is English.
Language LanguageOfLocale(absl::string_view lc_all, absl::string_view lc_messages,
                          absl::string_view lang);

// As BCP 47 writes it: "ja", "en".
absl::string_view LanguageTag(Language language);
std::optional<Language> LanguageOfTag(absl::string_view tag);

}  // namespace jpkid::client
