#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/log.h"
#include "daemon/config/authority.h"    // IWYU pragma: export
#include "daemon/config/examination.h"  // IWYU pragma: export

// How this daemon is set up: read from a file, or the embedded default. config.proto is the schema,
// with what each setting means.
namespace jpkid::config {

enum class Purpose { kTraining, kProduction };

// In the order of the schema.
enum class Role { kObserver, kClerk, kOperator, kAuditor, kRawApdu };

// The roles of one user's processes.
struct Grant {
  std::uint32_t uid = 0;
  std::vector<Role> roles;

  friend bool operator==(const Grant&, const Grant&) = default;
};

struct PcscReaders {
  friend bool operator==(const PcscReaders&, const PcscReaders&) = default;
};

struct SimulatedReader {
  std::string name;
  std::string card_file;  // Empty: no card.
  bool create_card = false;
  std::string faults;

  friend bool operator==(const SimulatedReader&, const SimulatedReader&) = default;
};

struct SimulatedReaders {
  std::vector<SimulatedReader> readers;
  bool real_time = false;

  friend bool operator==(const SimulatedReaders&, const SimulatedReaders&) = default;
};

struct ReplayedReaders {
  std::string recording_file;

  friend bool operator==(const ReplayedReaders&, const ReplayedReaders&) = default;
};

struct Alias {
  std::string name;
  std::string driver_name;  // Empty: any.
  std::string serial = {};  // Empty: any.

  friend bool operator==(const Alias&, const Alias&) = default;
};

struct Limits {
  absl::Duration ca_wait_with_card;
  absl::Duration input_wait;
  absl::Duration turn_wait;
  absl::Duration card_job;
  absl::Duration reader_idle;
  std::size_t most_waiting = 0;
  std::size_t most_waiting_per_client = 0;
  int most_active_operations = 0;
  std::size_t most_connections = 0;
  absl::Duration session_idle;
  absl::Duration session_total;

  friend bool operator==(const Limits&, const Limits&) = default;
};

// All paths are absolute.
struct Config {
  Purpose purpose = Purpose::kTraining;
  std::string data_dir;
  std::string socket_path;
  unsigned socket_mode = 0;
  std::variant<PcscReaders, SimulatedReaders, ReplayedReaders> readers;
  std::vector<Alias> aliases;
  std::string trace_file;  // Empty: none.
  Authority ca;
  std::string store_url;
  std::string holder_key_file;
  std::string issuer_master_key_file;  // Empty: the training cards' key.
  std::vector<Grant> grants;           // One per user.
  std::string municipality;
  std::string municipality_dir = {};  // Empty: the built-in files alone.
  std::string issue_suspended = {};   // Why; empty: it runs.
  std::string renew_suspended = {};
  Limits limits;
  LogLevel log_level = LogLevel::kInfo;
  std::vector<std::string> warnings;  // Sentences for whoever starts the daemon.

  friend bool operator==(const Config&, const Config&) = default;
};

// Reads the text `file`. INVALID_ARGUMENT with one line "FILE:LINE:COLUMN: sentence" for each thing
// that is wrong with it; other codes where it cannot be opened. `data_dir` (empty: not given)
// overrules the file's. What is right in itself is shown to `examine`, whose objections are told
// like the rest. Before there are other threads: it looks users up.
absl::StatusOr<Config> ReadConfig(const std::string& file, const std::string& data_dir,
                                  const Examination& examine = nullptr);

// Without a file: training, everything under `data_dir` (empty: the default place), one simulated
// reader "sim-0" with a training card, and every role for the daemon's own user alone.
Config EmbeddedDefault(const std::string& data_dir);

}  // namespace jpkid::config
