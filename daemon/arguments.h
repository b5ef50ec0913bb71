#pragma once

#include <string>
#include <variant>

#include "absl/status/statusor.h"

#include "daemon/config/config.h"

// jpkid's command line.
namespace jpkid {

struct Arguments {
  std::string config_file;  // Empty: the embedded default.
  std::string data_dir;
  std::string ca_dir;
  std::string backup;     // To be restored.
  bool restored = false;  // By another program.
  bool check_config = false;

  // Whether nothing is served: the store is put in order.
  bool restores() const { return restored || !backup.empty(); }
};

// The arguments; or, where that is all there is to do, the exit code: 0 after --help and --version,
// 2 after a complaint.
std::variant<Arguments, int> ParseArguments(int argc, char** argv);

// What they come to: the file's settings with what the command line overrules. Failures as
// config::ReadConfig has them; of the embedded default the sentences alone.
absl::StatusOr<config::Config> Configure(const Arguments& arguments);

}  // namespace jpkid
