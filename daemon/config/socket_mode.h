#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace jpkid::config {

// "0660" as chmod takes it. Nothing for what is no such number or keeps the owner out.
std::optional<unsigned> SocketMode(absl::string_view text);

}  // namespace jpkid::config
