#pragma once

#include <string>

#include "absl/status/status.h"
#include <google/protobuf/message.h>

namespace jpkid::store {

// A message as one line of protobuf text, so that an operator reads the store with SQL alone.
std::string ToText(const google::protobuf::Message& message);

// STORE_UNAVAILABLE when a row does not read: written by a newer daemon, or damaged.
absl::Status FromText(const std::string& text, google::protobuf::Message& message);

}  // namespace jpkid::store
