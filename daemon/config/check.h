#pragma once

#include <google/protobuf/message.h>

#include "daemon/config/config.pb.h"
#include "daemon/config/findings.h"
#include "daemon/config/section.h"

namespace jpkid::config {

// Holds every number of `message` to the bounds that the schema gives it.
void CheckNumbers(const google::protobuf::Message& message, const Section& section,
                  Findings& findings);

// Holds the file to what the schema cannot say: forms of texts, what contradicts what.
void CheckMeaning(const file::ConfigFile& content, const Section& section, Findings& findings);

}  // namespace jpkid::config
