#pragma once

#include <functional>
#include <string>

#include <google/protobuf/timestamp.pb.h>

#include "clients/cli/command_line.h"

namespace jpkid::cli {

// An option with a moment, as RFC 3339 writes it: "2026-11-24T10:00:00+09:00". What has no offset
// from UTC names no moment and is refused. `set` gets it.
void TakeTime(CommandLine& line, CLI::App* command, const std::string& names,
              std::function<void(const google::protobuf::Timestamp&)> set);

}  // namespace jpkid::cli
