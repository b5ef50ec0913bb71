#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <google/protobuf/message.h>

// The protobuf JSON of messages, with the field names of the .proto and default values printed: a
// script finds every field that the message has, and an absent field means "not set".
namespace jpkid::cli {

// On several lines, or on one; ended by a newline. INTERNAL for a message that has no JSON, such as
// one with a time beyond the year 9999.
absl::StatusOr<std::string> PrettyJson(const google::protobuf::Message& message);
absl::StatusOr<std::string> JsonLine(const google::protobuf::Message& message);

// Reads JSON into `message`. INVALID_ARGUMENT with the parser's words for anything that is not JSON
// of it, unknown fields included.
absl::Status FromJson(absl::string_view json, google::protobuf::Message& message);

}  // namespace jpkid::cli
