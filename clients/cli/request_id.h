#pragma once

#include <string>

namespace jpkid::cli {

// A request id that nobody else chooses: 128 random bits in hexadecimal.
std::string NewRequestId();

// The one that the user chose, else a new one.
std::string RequestIdOr(const std::string& chosen);

}  // namespace jpkid::cli
