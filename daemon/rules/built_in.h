#pragma once

#include <span>

#include "absl/strings/string_view.h"

namespace jpkid::rules {

// A text of this folder that is compiled in, so that a binary needs no installed file.
struct BuiltIn {
  absl::string_view name;  // "sanda.textproto"
  absl::string_view text;
};

// All of municipalities/.
std::span<const BuiltIn> BuiltInMunicipalities();

// holidays/japan.textproto
BuiltIn BuiltInHolidays();

}  // namespace jpkid::rules
