#pragma once

#include <string>

namespace jpkid::runner {

// A random UUID (RFC 4122, version 4), lower case.
std::string NewId();

}  // namespace jpkid::runner
