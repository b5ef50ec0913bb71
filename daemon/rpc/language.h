#pragma once

#include "absl/strings/string_view.h"

#include "base/reason.h"

namespace jpkid::rpc {

// The first language of an Accept-Language value (RFC 9110, 12.5.4) that the catalogue has. English
// where there is none.
Language ParseAcceptLanguage(absl::string_view value);

// As BCP 47 writes it.
absl::string_view LocaleOf(Language language);

}  // namespace jpkid::rpc
