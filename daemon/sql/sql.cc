#include "daemon/sql/sql.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <exception>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/file.h"
#include "base/status.h"

namespace jpkid::sql {
namespace {

constexpr int kBusySeconds = 10;

absl::Status Unavailable(absl::string_view detail) {
  return Fail(Reason::kStoreUnavailable, {{"detail", std::string(detail)}});
}

// What `call` throws, as a status.
absl::Status Guarded(absl::FunctionRef<absl::Status()> call) {
  try {
    return call();
  } catch (const soci::soci_error& error) {
    // Not what(): it quotes the statement with the values, which may be personal data.
    return Unavailable(error.get_error_message());
  } catch (const std::exception& error) {
    return Unavailable(error.what());
  }
}

// SQLite would make a file that everybody may read; its log files take the file's mode.
absl::Status MakePrivateFile(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return Unavailable(absl::StrCat("cannot open ", path, ": ", strerror(errno)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(absl::string_view url) {
  if (absl::StartsWith(url, "postgresql:"))
    return Fail(Reason::kNotBuilt, {{"what", "PostgreSQL"}});
  absl::string_view path = url;
  if (!absl::ConsumePrefix(&path, "sqlite:") || path.empty() ||
      absl::StrContains(path, '"')) {  // SOCI's connection string has no escape for it.
    return Fail(Reason::kArgumentInvalid,
                {{"field", "store URL"}, {"detail", "must be sqlite:PATH, no quote in PATH"}});
  }
  auto database = std::unique_ptr<Database>(new Database(std::string(path)));
  const MutexLock lock(database->mutex_);
  JPKID_RETURN_IF_ERROR(database->Connect());
  return database;
}

Database::Database(std::string path) : path_(std::move(path)) {}

Database::~Database() = default;

absl::Status Database::Connect() {
  JPKID_RETURN_IF_ERROR(MakePrivateFile(path_));
  auto session = std::make_unique<soci::session>();
  JPKID_RETURN_IF_ERROR(Guarded([&] {
    session->open(soci::sqlite3, absl::StrCat("dbname=\"", path_, "\" timeout=", kBusySeconds));
    std::string mode;
    *session << "PRAGMA journal_mode = WAL", soci::into(mode);
    *session << "PRAGMA synchronous = FULL";
    *session << "PRAGMA foreign_keys = ON";
    return absl::OkStatus();
  }));
  session_ = std::move(session);
  return absl::OkStatus();
}

absl::Status Database::Write(Work work) { return Run("BEGIN IMMEDIATE", work); }

absl::Status Database::Read(Work work) { return Run("BEGIN", work); }

absl::Status Database::Run(const char* begin, Work work) {
  const MutexLock lock(mutex_);
  if (session_ == nullptr) JPKID_RETURN_IF_ERROR(Connect());
  soci::session& session = *session_;
  absl::Status status = Guarded([&] {
    session << begin;
    JPKID_RETURN_IF_ERROR(work(session));
    session.commit();
    return absl::OkStatus();
  });
  if (status.ok()) return status;
  const absl::Status rolled_back = Guarded([&] {
    session.rollback();
    return absl::OkStatus();
  });
  // Nothing to roll back, or no way to: in both cases a new connection starts clean.
  if (!rolled_back.ok()) session_ = nullptr;
  return status;
}

absl::Status Migrate(Database& database, std::span<const Migration> migrations) {
  const auto newest = static_cast<int>(migrations.size());
  int version = 0;
  do {
    JPKID_RETURN_IF_ERROR(database.Write([&](soci::session& session) {
      session << "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)";
      session << "SELECT COALESCE(MAX(version), 0) FROM schema_version", soci::into(version);
      if (version > newest) {
        return Fail(Reason::kStoreTooNew,
                    {{"found", absl::StrCat(version)}, {"known", absl::StrCat(newest)}});
      }
      if (version == newest) return absl::OkStatus();
      for (const char* statement : migrations[static_cast<std::size_t>(version)].statements) {
        session << statement;
      }
      ++version;
      session << "INSERT INTO schema_version (version) VALUES (:version)", soci::use(version);
      return absl::OkStatus();
    }));
  } while (version < newest);
  return absl::OkStatus();
}

}  // namespace jpkid::sql
