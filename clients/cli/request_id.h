#pragma once

#include <string>

namespace jpkid::cli {

// A request id that nobody else chooses: 128 random bits in hexadecimal.
std::string NewRequestId();

}  // namespace jpkid::cli
