#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/seal.h"
#include "daemon/certs/certs.h"
#include "daemon/sql/sql.h"

namespace jpkid::ca {

// A message of ours, kept before it is sent, and the answer once it was found right. Sent again it
// is the same octets, by which the authority knows the repeat.
struct Exchange {
  Bytes sent;
  Bytes received;  // Empty: nobody knows whether the message arrived.

  bool open() const { return !sent.empty() && received.empty(); }
};

// How far one CMP transaction got. OpenSSL cannot resume one; it is led through what is kept here
// and then goes on.
struct Transaction {
  enum class State {
    kSent,       // The request may have arrived.
    kWaiting,    // The authority has not decided.
    kIssued,     // The certificate is here.
    kWritten,    // It is on its card; the authority may have been told.
    kConfirmed,  // The authority acknowledged that.
    kUnknown,    // It was told, but its acknowledgement is lost for good: no failure.
  };

  std::string id;
  State state = State::kSent;
  certs::Kind kind = certs::Kind::kAuth;
  Bytes fingerprint;  // Of all that was asked (request_check.h).
  absl::Time poll_at = absl::InfinitePast();
  // Sealed at rest: an answer carries the holder's data.
  Bytes cmp_id;        // transactionID of the messages.
  Bytes request;       // PKCS#10, DER.
  Exchange asked;      // p10cr and cp; of a revocation rr.
  Exchange polled;     // The last pollReq, and pollRep or cp.
  Exchange confirmed;  // certConf; its answer ends the transaction.
  Bytes certificate;   // DER, from kIssued on.

  bool ended() const { return state == State::kConfirmed || state == State::kUnknown; }
};

// The journal of an adapter: one row for each transaction, in a database of its own. Thread-safe;
// one transaction is worked on by one at a time. Failures are STORE_UNAVAILABLE.
class Transactions {
 public:
  // `url` as sql::Database::Open takes it; not the database of the operations. Rows that ended 30
  // days ago, and those that nobody changed for 180, are removed now and once a day. `key_file` as
  // Seal::Open takes it.
  static absl::StatusOr<std::unique_ptr<Transactions>> Open(const std::string& url,
                                                            const std::string& key_file,
                                                            absl::Time now);

  absl::StatusOr<std::optional<Transaction>> Find(absl::string_view id);
  absl::Status Put(const Transaction& transaction, absl::Time now);
  absl::Status Erase(absl::string_view id);

 private:
  Transactions(std::unique_ptr<sql::Database> database, std::unique_ptr<Seal> seal, absl::Time now)
      : database_(std::move(database)), seal_(std::move(seal)), removed_at_(now) {}
  absl::Status RemoveOldOnceADay(absl::Time now);

  const std::unique_ptr<sql::Database> database_;
  const std::unique_ptr<Seal> seal_;
  Mutex mutex_;
  absl::Time removed_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::ca
