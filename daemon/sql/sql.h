#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/mutex.h"

namespace soci {
class session;
}

// The one place that knows how a database is opened and what its failures mean. Statements are
// written by those who own the tables, with SOCI, in SQL that SQLite and PostgreSQL share.
namespace jpkid::sql {

class Backend;

// PATH of "sqlite:PATH"; nothing for another URL.
std::optional<std::string> SqlitePath(absl::string_view url);

// Statements inside a transaction. SOCI's exceptions may leave it.
using Work = absl::FunctionRef<absl::Status(soci::session&)>;

// A database. Thread-safe: transactions of one Database may run at the same time where the database
// has connections for them. What fails in the database is STORE_UNAVAILABLE; the text of a
// statement, its values, and a password in the URL never reach an error. A connection that was lost
// is opened anew by the next call.
class Database {
 public:
  // `url`: "sqlite:PATH", or "postgresql://user@host/database", as libpq reads it (a Unix socket:
  // "postgresql:///database?host=/run/postgresql"). A new file is readable by its owner only.
  // SQLite runs with a write-ahead log, synced at each commit, foreign keys on; PostgreSQL with
  // synchronous commits. Locks of others are waited for 10 s. ARGUMENT_INVALID for another URL.
  static absl::StatusOr<std::unique_ptr<Database>> Open(absl::string_view url);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `work` in a transaction that holds the one write lock of the database from its start: what
  // it reads stays true until it writes, whoever else is at work. Committed, and on the disk, when
  // `work` and this call return OK; otherwise nothing has happened, except that a failing commit
  // leaves the outcome unknown. `work` runs once at most.
  absl::Status Write(Work work);

  // Runs `work`, which only reads, in a transaction: it sees one state.
  absl::Status Read(Work work);

  // Copies the database, as it is at one moment, into `path`, an empty file, over a connection of
  // its own: nobody waits for it. ARGUMENT_INVALID for PostgreSQL, which has its own programs.
  absl::Status CopyTo(const std::string& path);

  // STORE_UNAVAILABLE, with what was found, where the database is damaged. Reads all of it.
  absl::Status CheckIntegrity();

 private:
  using Begin = void (Backend::*)(soci::session&) const;

  explicit Database(std::unique_ptr<Backend> backend);

  absl::StatusOr<std::unique_ptr<soci::session>> Connect() const;
  // Waits for a connection: an idle one, a new one, or null where there is room for a new one.
  absl::StatusOr<std::unique_ptr<soci::session>> Take();
  void GiveBack(std::unique_ptr<soci::session> session);
  absl::Status TakeWriteTurn();
  void GiveWriteTurnBack();
  absl::Status BeginOn(std::unique_ptr<soci::session>& session, Begin begin) const;
  absl::Status Run(Begin begin, Work work);

  const std::unique_ptr<Backend> backend_;
  Mutex mutex_;
  // One writer of this program at a time: if all waited for the lock of the database, they would
  // keep every connection from the readers.
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  CondVar write_turn_;
  CondVar given_back_;
  std::vector<std::unique_ptr<soci::session>> idle_ ABSL_GUARDED_BY(mutex_);
  std::size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

// One step of a schema's history: statements that run once, in one transaction. Published steps are
// never edited; a change is a further step.
struct Migration {
  std::vector<const char*> statements;
};

// Brings `database` to the newest step: step n of `migrations` (counted from 1) makes version n,
// which the table schema_version records. Processes may race here. STORE_TOO_NEW when the database
// has seen steps that this program does not know.
absl::Status Migrate(Database& database, std::span<const Migration> migrations);

}  // namespace jpkid::sql
