#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace soci {
class session;
}

namespace jpkid::sql {

// A lock that another transaction or process holds is waited for so long.
inline constexpr int kLockWaitSeconds = 10;

// What differs between one kind of database and another. SOCI's exceptions may leave each call.
class Backend {
 public:
  virtual ~Backend() = default;

  // Connects `session`, which is new, and gives it the settings that durability rests on.
  virtual void Connect(soci::session& session) const = 0;

  // Begins a transaction that holds the write lock of the whole database from its start.
  virtual void BeginWrite(soci::session& session) const = 0;
  // Begins a transaction that sees one state, whatever is committed meanwhile.
  virtual void BeginRead(soci::session& session) const = 0;

  // Copies the whole database, as it is at one moment, into `path`, an empty file. Not in a
  // transaction; others go on working. ARGUMENT_INVALID where that is another program's task.
  virtual absl::Status Copy(soci::session& session, const std::string& path) const = 0;

  // What is damaged; empty: nothing, as far as can be told.
  virtual std::string Damage(soci::session& session) const = 0;

  // How many connections are worth having.
  virtual std::size_t most_connections() const = 0;
};

// A file. STORE_UNAVAILABLE where it can be neither opened nor made; a new one is readable by its
// owner only.
absl::StatusOr<std::unique_ptr<Backend>> SqliteBackend(std::string path);

// A server, as a libpq URL names it. ARGUMENT_INVALID for a URL that does not read; it is not
// quoted: it may hold a password.
absl::StatusOr<std::unique_ptr<Backend>> PostgresqlBackend(absl::string_view url);

}  // namespace jpkid::sql
