#include <libpq-fe.h>

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/sql/backend.h"

namespace jpkid::sql {
namespace {

// Every writer of jpkid takes this advisory lock of the database first: "jpkid" in ASCII. It is
// simpler than SERIALIZABLE, whose transactions fail and have to be repeated, and it is what
// Database::Write promises: what was read stays true. It ends with the transaction, also when the
// daemon that held it is killed.
constexpr char kTakeWriteLock[] = "SELECT pg_advisory_xact_lock(456517675364)";

// Enough for readers to pass by a writer that waits for its disk.
constexpr std::size_t kConnections = 4;

// Also for a migration of many rows.
constexpr int kStatementSeconds = 60;

// A server that is gone without a word is noticed within seconds, not hours.
const std::map<std::string, std::string>& Defaults() {
  static const auto& defaults = *new std::map<std::string, std::string>{
      {"connect_timeout", "10"},     {"application_name", "jpkid"}, {"client_encoding", "UTF8"},
      {"tcp_user_timeout", "20000"}, {"keepalives_idle", "10"},     {"keepalives_interval", "5"},
      {"keepalives_count", "2"}};
  return defaults;
}

// The parameters of `url` and ours as libpq's other form, "key='value' …".
absl::StatusOr<std::string> ConnectionString(absl::string_view url) {
  // What libpq says of a URL that does not read quotes it.
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(std::string(url).c_str(), nullptr), &PQconninfoFree);
  if (options == nullptr) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "store URL"},
                 {"detail", "must be postgresql://[user@][host]/database[?parameters]"}});
  }
  std::map<std::string, std::string> parameters = Defaults();
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) parameters[option->keyword] = option->val;
  }
  std::string text;
  for (const auto& [key, value] : parameters) {
    const std::string escaped = absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"'", "\\'"}});
    absl::StrAppend(&text, text.empty() ? "" : " ", key, "='", escaped, "'");
  }
  return text;
}

class Postgresql final : public Backend {
 public:
  explicit Postgresql(std::string connection_string)
      : connection_string_(std::move(connection_string)) {}

  void Connect(soci::session& session) const override {
    session.open(soci::postgresql, connection_string_);
    PGconn* const connection =
        static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
    // An error's DETAIL quotes the row.
    PQsetErrorVerbosity(connection, PQERRORS_TERSE);
    // Notices would be printed to standard error.
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    session << "SET synchronous_commit = on";
    session << "SET lock_timeout = " << kLockWaitSeconds * 1000;
    // A server that acknowledges what it gets and cannot go on, on a disk that stands still.
    session << "SET statement_timeout = " << kStatementSeconds * 1000;
    // A daemon that is stopped in the middle must not hold up the others for ever.
    session << "SET idle_in_transaction_session_timeout = " << kLockWaitSeconds * 1000;
  }

  void BeginWrite(soci::session& session) const override {
    session << "BEGIN ISOLATION LEVEL READ COMMITTED";
    session << kTakeWriteLock;
  }
  void BeginRead(soci::session& session) const override {
    session << "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  }

  absl::Status Copy(soci::session&, const std::string&) const override {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "store"},
                 {"detail",
                  "PostgreSQL is backed up with its own programs: pg_dump and pg_restore;"
                  " jpkid(1) tells how"}});
  }

  // The server checks its pages itself.
  std::string Damage(soci::session&) const override { return ""; }

  std::size_t most_connections() const override { return kConnections; }

 private:
  const std::string connection_string_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> PostgresqlBackend(absl::string_view url) {
  JPKID_ASSIGN_OR_RETURN(std::string connection_string, ConnectionString(url));
  return std::make_unique<Postgresql>(std::move(connection_string));
}

}  // namespace jpkid::sql
