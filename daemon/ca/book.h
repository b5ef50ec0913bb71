#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "daemon/ca/ca.h"
#include "daemon/ca/profile.h"
#include "daemon/certs/certs.h"
#include "daemon/sql/sql.h"

namespace jpkid::ca {

// The training authority's book: every certificate it made, under the request that asked for it,
// and what became of it. Shared by processes; each call is one transaction. Failures of the
// database are CA_UNAVAILABLE.
class Book {
 public:
  struct Entry {
    certs::Kind kind = certs::Kind::kAuth;
    std::string transaction_id;
    Bytes request_hash;
    std::string serial;  // Hexadecimal.
    absl::Time not_after;
    Bytes certificate;  // DER
  };

  static absl::StatusOr<std::unique_ptr<Book>> Open(const std::string& path);

  // The entry of a transaction, if there is one.
  absl::StatusOr<std::optional<Entry>> Find(absl::string_view transaction_id);

  // Writes `entry`, unless its transaction has one already: that one is returned.
  absl::StatusOr<Entry> AddUnlessThere(const Entry& entry);

  // CA_REJECTED for an unknown transaction or one whose certificate is revoked.
  absl::Status Confirm(absl::string_view transaction_id, absl::Time now);

  // CA_REJECTED for an unknown serial number.
  absl::Status Revoke(certs::Kind kind, absl::string_view serial, const Revocation& revocation);

  absl::StatusOr<BookEntry> StatusOf(certs::Kind kind, absl::string_view serial);

  // What the next list of the kind's issuer says; takes a number for it. Certificates that have
  // expired are no longer listed.
  absl::StatusOr<RevocationList> NextList(certs::Kind kind, absl::Time now);

 private:
  explicit Book(std::unique_ptr<sql::Database> database) : database_(std::move(database)) {}

  std::unique_ptr<sql::Database> database_;
};

}  // namespace jpkid::ca
