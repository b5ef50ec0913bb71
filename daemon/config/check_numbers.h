#pragma once

#include <google/protobuf/message.h>

#include "daemon/config/findings.h"
#include "daemon/config/section.h"

namespace jpkid::config {

// Holds every number of `message` to the bounds that its schema gives it (setting.proto).
void CheckNumbers(const google::protobuf::Message& message, const Section& section,
                  Findings& findings);

}  // namespace jpkid::config
