#pragma once

#include <vector>

#include "daemon/config/config.h"

namespace jpkid {

// What would keep the daemon from starting with this configuration: names that nobody knows, texts
// that other rooms cannot read, files that are not there. Nothing is changed or made.
std::vector<config::Objection> ObjectionsTo(const config::Config& config);

}  // namespace jpkid
