#pragma once

#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/config.pb.h"
#include "daemon/config/findings.h"
#include "daemon/config/section.h"

namespace jpkid::config {

// The grants of the file, one for each user they name or whose group they name.
std::vector<Grant> ReadGrants(const file::ConfigFile& content, const Section& section,
                              Findings& findings);

}  // namespace jpkid::config
