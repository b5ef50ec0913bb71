#pragma once

#include "daemon/config/config.pb.h"
#include "daemon/config/findings.h"
#include "daemon/config/section.h"

namespace jpkid::config {

// Holds the file to what the schema cannot say: forms of texts, what contradicts what.
void CheckMeaning(const file::ConfigFile& content, const Section& section, Findings& findings);

}  // namespace jpkid::config
