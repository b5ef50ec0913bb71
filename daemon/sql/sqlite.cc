#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/file.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/sql/backend.h"

namespace jpkid::sql {
namespace {

// SQLite would make a file that everybody may read; its log files take the file's mode.
absl::Status MakePrivateFile(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.valid()) return absl::OkStatus();
  return Fail(Reason::kStoreUnavailable,
              {{"detail", absl::StrCat("cannot open ", path, ": ", strerror(errno))}});
}

// With a write-ahead log readers and a writer do not wait for each other. Whoever finds others
// doing this at the same moment, to a new file, is told that it is locked, whatever the timeout; a
// write waits until they are done.
void UseWriteAheadLog(soci::session& session) {
  const absl::Time deadline = SteadyNow() + absl::Seconds(kLockWaitSeconds);
  while (true) {
    try {
      std::string mode;
      session << "PRAGMA journal_mode = WAL", soci::into(mode);
      return;
    } catch (const soci::soci_error&) {
      if (SteadyNow() >= deadline) throw;
    }
    session << "BEGIN IMMEDIATE";
    session << "COMMIT";
  }
}

class Sqlite final : public Backend {
 public:
  explicit Sqlite(std::string path) : path_(std::move(path)) {}

  void Connect(soci::session& session) const override {
    session.open(soci::sqlite3, absl::StrCat("dbname=\"", path_, "\" timeout=", kLockWaitSeconds));
    UseWriteAheadLog(session);
    session << "PRAGMA synchronous = FULL";
    session << "PRAGMA foreign_keys = ON";
  }

  void BeginWrite(soci::session& session) const override { session << "BEGIN IMMEDIATE"; }
  void BeginRead(soci::session& session) const override { session << "BEGIN"; }

  absl::Status Copy(soci::session& session, const std::string& path) const override {
    session << "VACUUM INTO :path", soci::use(path);
    return absl::OkStatus();
  }

  std::string Damage(soci::session& session) const override {
    std::string found;
    session << "PRAGMA integrity_check(1)", soci::into(found);
    return found == "ok" ? "" : found;
  }

  // Writers wait for each other in any case, and a read is over before a second connection helps.
  std::size_t most_connections() const override { return 1; }

 private:
  const std::string path_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> SqliteBackend(std::string path) {
  JPKID_RETURN_IF_ERROR(MakePrivateFile(path));
  return std::make_unique<Sqlite>(std::move(path));
}

}  // namespace jpkid::sql
