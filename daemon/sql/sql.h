#pragma once

#include <memory>
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

// Statements inside a transaction. SOCI's exceptions may leave it.
using Work = absl::FunctionRef<absl::Status(soci::session&)>;

// One connection to one database. Thread-safe: one transaction at a time. What fails in the
// database is STORE_UNAVAILABLE; the text of a statement and its values never reach an error. After
// a failure that took the connection along, the next call opens it anew.
class Database {
 public:
  // `url`: "sqlite:PATH". A new file is readable by its owner only. SQLite runs with a write-ahead
  // log, synced at each commit, foreign keys on; locks of other processes are waited for 10 s.
  // ARGUMENT_INVALID for another URL, NOT_BUILT for a database that is not served yet.
  static absl::StatusOr<std::unique_ptr<Database>> Open(absl::string_view url);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `work` in a transaction that holds the write lock from its start (what it reads stays true
  // until it writes). Committed, and on the disk, when `work` and this call return OK; otherwise
  // nothing has happened, except that a failing commit leaves the outcome unknown. `work` runs
  // once.
  absl::Status Write(Work work);

  // Runs `work`, which only reads, in a transaction: it sees one state.
  absl::Status Read(Work work);

 private:
  explicit Database(std::string path);

  absl::Status Connect() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Run(const char* begin, Work work);

  const std::string path_;
  Mutex mutex_;
  // Null while there is no usable connection.
  std::unique_ptr<soci::session> session_ ABSL_GUARDED_BY(mutex_);
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
