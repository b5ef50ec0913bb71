#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include <google/protobuf/message.h>

#include "base/bytes.h"
#include "clients/cli/context.h"

// Files that the command line names; "-" is a standard stream.
namespace jpkid::cli {

// Writes octets to a file, or to the command's output.
absl::Status WriteOutput(const Context& context, const std::string& path, ByteView octets);

// Reads the JSON of a message. INVALID_ARGUMENT for anything else.
absl::Status ReadMessage(const Context& context, const std::string& path,
                         google::protobuf::Message& message);

// The digest of a file's octets, computed as they are read.
enum class Hash { kSha256, kSha384, kSha512 };
absl::StatusOr<Bytes> Digest(const Context& context, const std::string& path, Hash hash);

}  // namespace jpkid::cli
