// A copy of a store that works, and a store made of a copy.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/store/sql_store.h"
#include "daemon/store/text.h"

namespace jpkid::store {
namespace {

namespace fs = std::filesystem;

absl::Status CannotWrite(const std::string& path, absl::string_view why) {
  return Fail(Reason::kStoreUnavailable,
              {{"detail", absl::StrCat("cannot write ", path, ": ", why)}});
}

// A database and what SQLite keeps beside it.
void Remove(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    unlink(absl::StrCat(path, suffix).c_str());
  }
}

absl::Status Sync(const std::string& path, int flags) {
  const UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC));
  if (fd.valid() && fsync(fd.get()) == 0) return absl::OkStatus();
  return CannotWrite(path, strerror(errno));
}

absl::Status CopyFile(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::copy_file(from, to, error);
  if (error) {
    return Fail(Reason::kArgumentInvalid, {{"field", from}, {"detail", error.message()}});
  }
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
  return error ? CannotWrite(to, error.message()) : absl::OkStatus();
}

absl::Status NoBackup(const std::string& backup, absl::string_view why) {
  return Fail(
      Reason::kArgumentInvalid,
      {{"field", backup}, {"detail", absl::StrCat("is no backup of a store of jpkid", why)}});
}

// Whether the tables of a store are in it.
bool HoldsStore(sql::Database& database) {
  int version = 0;
  const absl::Status read = database.Read([&](soci::session& session) {
    session << "SELECT COALESCE(MAX(version), 0) FROM schema_version", soci::into(version);
    int operations = 0;
    session << "SELECT COUNT(*) FROM operations", soci::into(operations);
    return absl::OkStatus();
  });
  return read.ok() && version > 0;
}

absl::Status CheckIsStore(const std::string& url, const std::string& backup) {
  const auto database = sql::Database::Open(url);
  const absl::Status sound = database.ok() ? (*database)->CheckIntegrity() : database.status();
  if (!sound.ok()) {
    return NoBackup(backup, absl::StrCat(", or a damaged one: ", sound.message()));
  }
  return HoldsStore(**database) ? absl::OkStatus() : NoBackup(backup, "");
}

// Where there is none a new one would be made, which helps nobody.
absl::Status NeedKey(const std::string& key_file) {
  if (access(key_file.c_str(), R_OK) == 0) return absl::OkStatus();
  return Fail(Reason::kArgumentInvalid,
              {{"field", key_file},
               {"detail", "the key of the holders' data is not there; restore it first"}});
}

// Likewise.
absl::Status NeedStore(const std::string& url) {
  const std::optional<std::string> path = sql::SqlitePath(url);
  bool there = !path.has_value() || access(path->c_str(), F_OK) == 0;
  if (there) {
    JPKID_ASSIGN_OR_RETURN(const auto database, sql::Database::Open(url));
    there = HoldsStore(*database);
  }
  if (there) return absl::OkStatus();
  return Fail(Reason::kArgumentInvalid,
              {{"field", path.value_or("store")},
               {"detail", "there is no store to mark; restore it first"}});
}

absl::StatusOr<int> Mark(const Store::Options& options, Clock& clock) {
  JPKID_RETURN_IF_ERROR(Store::Open(options, clock).status());
  JPKID_ASSIGN_OR_RETURN(const auto database, sql::Database::Open(options.url));
  std::vector<std::string> texts;
  JPKID_RETURN_IF_ERROR(database->Write([&](soci::session& session) {
    const soci::rowset<std::string> rows =
        (session.prepare << "SELECT record FROM operations WHERE active = 1");
    for (const std::string& text : rows) texts.push_back(text);
    for (const std::string& text : texts) {
      OperationRecord record;
      JPKID_RETURN_IF_ERROR(FromText(text, record));
      record.set_restored(true);
      const std::string marked = ToText(record);
      session << "UPDATE operations SET record = :record WHERE id = :id", soci::use(marked),
          soci::use(record.id());
    }
    return absl::OkStatus();
  }));
  return static_cast<int>(texts.size());
}

// Everything that the next start would stumble over; and what is under way learns what happened.
absl::Status Prepare(Store::Options options, const std::string& copy, const std::string& backup,
                     Clock& clock) {
  options.url = absl::StrCat("sqlite:", copy);
  JPKID_RETURN_IF_ERROR(NeedKey(options.key_file));
  JPKID_RETURN_IF_ERROR(CheckIsStore(options.url, backup));
  return Mark(options, clock).status();
}

// Gives the store at `path` a second name, so that at every moment there is one at `path`. A log
// that could not be worked into it goes along.
absl::StatusOr<std::string> KeepAside(const std::string& path, absl::Time now) {
  if (access(path.c_str(), F_OK) != 0) return "";
  // The last connection to a sound database leaves no log behind. Of a broken one all is kept.
  sql::Database::Open(absl::StrCat("sqlite:", path)).status().IgnoreError();
  const std::string kept =
      absl::StrCat(path, absl::FormatTime(".before-%Y%m%dT%H%M%E6SZ", now, absl::UTCTimeZone()));
  const bool linked = link(path.c_str(), kept.c_str()) == 0;
  const bool moved =
      linked && (rename((path + "-wal").c_str(), (kept + "-wal").c_str()) == 0 || errno == ENOENT);
  if (!moved) return CannotWrite(kept, strerror(errno));
  unlink((path + "-shm").c_str());
  return kept;
}

}  // namespace

absl::StatusOr<UniqueFd> SqlStore::Snapshot() {
  const std::optional<std::string> path = sql::SqlitePath(url_);
  if (!path.has_value()) return database_->CopyTo("");  // It says what to do instead.
  const MutexLock lock(snapshot_mutex_);
  const std::string copy = absl::StrCat(*path, ".backup");
  Remove(copy);  // Of a daemon that was killed here.
  UniqueFd fd(open(copy.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return CannotWrite(copy, strerror(errno));
  const absl::Status copied = database_->CopyTo(copy);
  Remove(copy);
  JPKID_RETURN_IF_ERROR(copied);
  return fd;
}

absl::StatusOr<int> MarkRestored(const Store::Options& options, Clock& clock) {
  JPKID_RETURN_IF_ERROR(NeedStore(options.url));
  JPKID_RETURN_IF_ERROR(NeedKey(options.key_file));
  return Mark(options, clock);
}

absl::StatusOr<std::string> RestoreStore(const Store::Options& options, const std::string& backup,
                                         Clock& clock) {
  const std::optional<std::string> path = sql::SqlitePath(options.url);
  if (!path.has_value()) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "store"}, {"detail", "PostgreSQL is restored with pg_restore"}});
  }
  const std::string copy = absl::StrCat(*path, ".restore");
  Remove(copy);  // Of a restoration that was cut off.
  absl::Status status = CopyFile(backup, copy);
  if (status.ok()) status = Prepare(options, copy, backup, clock);
  if (status.ok()) status = Sync(copy, O_RDONLY);
  if (!status.ok()) {
    Remove(copy);
    return status;
  }
  JPKID_ASSIGN_OR_RETURN(std::string kept, KeepAside(*path, clock.Now()));
  if (rename(copy.c_str(), path->c_str()) != 0) return CannotWrite(*path, strerror(errno));
  const std::string directory = fs::path(*path).parent_path();
  JPKID_RETURN_IF_ERROR(Sync(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY));
  return kept;
}

}  // namespace jpkid::store
