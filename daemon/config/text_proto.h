#pragma once

#include <string>

#include <google/protobuf/message.h>

#include "daemon/config/findings.h"
#include "daemon/config/section.h"

namespace jpkid::config {

// Reads a protobuf text into `message` and remembers in `places` where each field stands. False:
// `findings` says why not.
bool ParseTextProto(const std::string& text, google::protobuf::Message& message,
                    Section::Places& places, Findings& findings);

}  // namespace jpkid::config
