#include "daemon/sql/sql.h"

#include <exception>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <soci/soci.h>

#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/sql/backend.h"

namespace jpkid::sql {
namespace {

absl::Status Unavailable(absl::string_view detail) {
  return Fail(Reason::kStoreUnavailable, {{"detail", std::string(detail)}});
}

// What `call` throws, as a status.
absl::Status Guarded(absl::FunctionRef<absl::Status()> call) {
  try {
    return call();
  } catch (const soci::soci_error& error) {
    // Not what(): it quotes the statement with the values, which may be personal data.
    return Unavailable(absl::StripAsciiWhitespace(error.get_error_message()));
  } catch (const std::exception& error) {
    return Unavailable(error.what());
  }
}

absl::StatusOr<std::unique_ptr<Backend>> BackendOf(absl::string_view url) {
  if (absl::StartsWith(url, "postgresql:")) return PostgresqlBackend(url);
  std::optional<std::string> path = SqlitePath(url);
  // SOCI's connection string has no escape for a quote.
  if (!path.has_value() || path->empty() || absl::StrContains(*path, '"')) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "store URL"},
                 {"detail", "must be sqlite:PATH, no quote in PATH, or postgresql://…"}});
  }
  return SqliteBackend(*std::move(path));
}

}  // namespace

std::optional<std::string> SqlitePath(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "sqlite:")) return std::nullopt;
  return std::string(url);
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(absl::string_view url) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend, BackendOf(url));
  auto database = std::unique_ptr<Database>(new Database(std::move(backend)));
  // So that a wrong URL is known at once.
  JPKID_RETURN_IF_ERROR(database->Read([](soci::session&) { return absl::OkStatus(); }));
  return database;
}

Database::Database(std::unique_ptr<Backend> backend) : backend_(std::move(backend)) {}

Database::~Database() = default;

absl::StatusOr<std::unique_ptr<soci::session>> Database::Connect() const {
  auto session = std::make_unique<soci::session>();
  JPKID_RETURN_IF_ERROR(Guarded([&] {
    backend_->Connect(*session);
    return absl::OkStatus();
  }));
  return session;
}

absl::StatusOr<std::unique_ptr<soci::session>> Database::Take() {
  const absl::Time deadline = SteadyNow() + absl::Seconds(kLockWaitSeconds);
  const MutexLock lock(mutex_);
  while (taken_ >= backend_->most_connections()) {
    if (!given_back_.WaitUntil(mutex_, deadline) && taken_ >= backend_->most_connections()) {
      return Unavailable("all its connections are busy");
    }
  }
  ++taken_;
  if (idle_.empty()) return nullptr;
  std::unique_ptr<soci::session> session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void Database::GiveBack(std::unique_ptr<soci::session> session) {
  const MutexLock lock(mutex_);
  --taken_;
  if (session != nullptr) idle_.push_back(std::move(session));
  given_back_.NotifyOne();
}

// A connection that was idle may be dead: nothing was done on it yet, so a new one may do it.
absl::Status Database::BeginOn(std::unique_ptr<soci::session>& session, Begin begin) const {
  const auto try_it = [&] {
    return Guarded([&] {
      ((*backend_).*begin)(*session);
      return absl::OkStatus();
    });
  };
  if (session != nullptr) {
    const absl::Status begun = try_it();
    if (begun.ok() || session->is_connected()) return begun;
  }
  session = nullptr;
  JPKID_ASSIGN_OR_RETURN(session, Connect());
  return try_it();
}

absl::Status Database::TakeWriteTurn() {
  const absl::Time deadline = SteadyNow() + absl::Seconds(kLockWaitSeconds);
  const MutexLock lock(mutex_);
  while (writing_) {
    if (!write_turn_.WaitUntil(mutex_, deadline) && writing_) {
      return Unavailable("another writer takes too long");
    }
  }
  writing_ = true;
  return absl::OkStatus();
}

void Database::GiveWriteTurnBack() {
  const MutexLock lock(mutex_);
  writing_ = false;
  write_turn_.NotifyOne();
}

absl::Status Database::Write(Work work) {
  JPKID_RETURN_IF_ERROR(TakeWriteTurn());
  const absl::Cleanup turn = [this] { GiveWriteTurnBack(); };
  return Run(&Backend::BeginWrite, work);
}

absl::Status Database::Read(Work work) { return Run(&Backend::BeginRead, work); }

absl::Status Database::CopyTo(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const std::unique_ptr<soci::session> session, Connect());
  return Guarded([&] { return backend_->Copy(*session, path); });
}

absl::Status Database::CheckIntegrity() {
  return Read([this](soci::session& session) {
    const std::string damage = backend_->Damage(session);
    return damage.empty() ? absl::OkStatus() : Unavailable(damage);
  });
}

absl::Status Database::Run(Begin begin, Work work) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<soci::session> session, Take());
  absl::Status status = BeginOn(session, begin);
  if (status.ok()) {
    status = Guarded([&] {
      JPKID_RETURN_IF_ERROR(work(*session));
      session->commit();
      return absl::OkStatus();
    });
  }
  if (!status.ok() && session != nullptr) {
    const absl::Status rolled_back = Guarded([&] {
      session->rollback();
      return absl::OkStatus();
    });
    // Nothing to roll back, or no way to: in both cases a new connection starts clean.
    if (!rolled_back.ok()) session = nullptr;
  }
  GiveBack(std::move(session));
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
