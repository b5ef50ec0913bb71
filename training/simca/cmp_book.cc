#include "training/simca/cmp_book.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include <soci/soci.h>

#include "base/status.h"

namespace jpkid::simca {
namespace {

const std::vector<sql::Migration>& Schema() {
  static const auto* const kSchema =
      new std::vector<sql::Migration>{{{"CREATE TABLE answer ("
                                        " transaction_id TEXT NOT NULL,"
                                        " message_hash TEXT NOT NULL,"
                                        " der TEXT NOT NULL,"
                                        " PRIMARY KEY (transaction_id, message_hash))",
                                        "CREATE TABLE request ("
                                        " transaction_id TEXT NOT NULL PRIMARY KEY,"
                                        " message TEXT NOT NULL,"
                                        " polls_left INTEGER NOT NULL,"
                                        " check_after INTEGER NOT NULL)"}}};
  return *kSchema;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CmpBook>> CmpBook::Open(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database,
                         sql::Database::Open(absl::StrCat("sqlite:", path)));
  JPKID_RETURN_IF_ERROR(sql::Migrate(*database, Schema()));
  return std::unique_ptr<CmpBook>(new CmpBook(std::move(database)));
}

absl::StatusOr<std::optional<Bytes>> CmpBook::AnswerTo(const std::string& transaction,
                                                       const Bytes& message_hash) {
  const std::string hash = ToHex(message_hash);
  std::string der;
  bool found = false;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    session << "SELECT der FROM answer WHERE transaction_id = :id AND message_hash = :hash",
        soci::into(der), soci::use(transaction, "id"), soci::use(hash, "hash");
    found = session.got_data();
    return absl::OkStatus();
  }));
  if (!found) return std::optional<Bytes>();
  JPKID_ASSIGN_OR_RETURN(Bytes answer, FromHex(der));
  return std::optional<Bytes>(std::move(answer));
}

absl::Status CmpBook::KeepAnswer(const std::string& transaction, const Bytes& message_hash,
                                 const Bytes& answer) {
  const std::string hash = ToHex(message_hash);
  const std::string der = ToHex(answer);
  return database_->Write([&](soci::session& session) {
    session << "INSERT INTO answer (transaction_id, message_hash, der) VALUES (:id, :hash, :der)",
        soci::use(transaction, "id"), soci::use(hash, "hash"), soci::use(der, "der");
    return absl::OkStatus();
  });
}

absl::StatusOr<std::optional<CmpBook::Request>> CmpBook::FindRequest(
    const std::string& transaction) {
  std::string message;
  Request request;
  bool found = false;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    session << "SELECT message, polls_left, check_after FROM request WHERE transaction_id = :id",
        soci::into(message), soci::into(request.polls_left), soci::into(request.check_after),
        soci::use(transaction, "id");
    found = session.got_data();
    return absl::OkStatus();
  }));
  if (!found) return std::optional<Request>();
  JPKID_ASSIGN_OR_RETURN(request.message, FromHex(message));
  return std::optional<Request>(std::move(request));
}

absl::Status CmpBook::KeepRequest(const std::string& transaction, const Request& request) {
  const std::string message = ToHex(request.message);
  return database_->Write([&](soci::session& session) {
    session << "INSERT INTO request (transaction_id, message, polls_left, check_after)"
               " VALUES (:id, :message, :polls_left, :check_after)"
               " ON CONFLICT (transaction_id) DO UPDATE SET message = excluded.message,"
               " polls_left = excluded.polls_left, check_after = excluded.check_after",
        soci::use(transaction, "id"), soci::use(message, "message"),
        soci::use(request.polls_left, "polls_left"), soci::use(request.check_after, "check_after");
    return absl::OkStatus();
  });
}

}  // namespace jpkid::simca
