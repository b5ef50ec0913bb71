#pragma once

#include <string>

#include "absl/status/status.h"

namespace jpkid::simcard {

// Prints what is on the card in the file `card`: no keys, no PINs, no individual number.
absl::Status Show(const std::string& card);

}  // namespace jpkid::simcard
