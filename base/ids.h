#pragma once

#include <string>

namespace jpkid {

// A random UUID (RFC 4122, version 4), lower case: the name of what is made.
std::string NewId();

}  // namespace jpkid
