#pragma once

#include "absl/status/statusor.h"

#include "base/file.h"

namespace jpkid::store {

// The part of the store that operators copy.
class Backups {
 public:
  virtual ~Backups() = default;

  // The whole store as it is at one moment: an SQLite database, to be read from its start. The file
  // has no name and goes with its descriptor. Others go on reading and writing. ARGUMENT_INVALID
  // for PostgreSQL, which has its own programs.
  virtual absl::StatusOr<UniqueFd> Snapshot() = 0;
};

}  // namespace jpkid::store
