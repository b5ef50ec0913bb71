#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "daemon/sql/sql.h"

namespace jpkid::simca {

// What the server said, to be said again: the answers by transaction and message, and the requests
// that wait. Beside the authority's own book, which knows the certificates. Thread-safe.
class CmpBook {
 public:
  // A request that is asked after.
  struct Request {
    Bytes message;  // p10cr, DER.
    int polls_left = 0;
    int check_after = 1;  // Seconds.
  };

  static absl::StatusOr<std::unique_ptr<CmpBook>> Open(const std::string& path);

  // `transaction`: transactionID in hexadecimal. `message_hash`: SHA-256 of the whole message.
  absl::StatusOr<std::optional<Bytes>> AnswerTo(const std::string& transaction,
                                                const Bytes& message_hash);
  absl::Status KeepAnswer(const std::string& transaction, const Bytes& message_hash,
                          const Bytes& answer);

  absl::StatusOr<std::optional<Request>> FindRequest(const std::string& transaction);
  absl::Status KeepRequest(const std::string& transaction, const Request& request);

 private:
  explicit CmpBook(std::unique_ptr<sql::Database> database) : database_(std::move(database)) {}

  const std::unique_ptr<sql::Database> database_;
};

}  // namespace jpkid::simca
