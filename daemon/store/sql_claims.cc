// Who owns an operation: claims, signs of life, what is left by a daemon that is gone.

#include <utility>

#include "absl/time/time.h"
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/store/sql_store.h"
#include "daemon/store/text.h"

namespace jpkid::store {
namespace {

using soci::use;

// Rows of epoch and record, under the epochs they would be claimed with.
absl::StatusOr<std::vector<Claimed>> ReadRows(const soci::rowset<soci::row>& rows) {
  std::vector<Claimed> operations;
  for (const soci::row& row : rows) {
    Claimed& one = operations.emplace_back();
    one.epoch = row.get<long long>(0) + 1;
    JPKID_RETURN_IF_ERROR(FromText(row.get<std::string>(1), one.record));
  }
  return operations;
}

}  // namespace

absl::Status SqlStore::Claim(soci::session& session, std::vector<Claimed>& operations) {
  for (const Claimed& one : operations) {
    const long long epoch = one.epoch;
    session << "UPDATE operations SET owner = :owner, epoch = :epoch WHERE id = :id", use(owner_),
        use(epoch), use(one.record.id());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Claimed>> SqlStore::ClaimUnfinished() {
  std::vector<Claimed> claimed;
  JPKID_RETURN_IF_ERROR(database_->Write([&](soci::session& session) {
    JPKID_ASSIGN_OR_RETURN(claimed,
                           ReadRows((session.prepare << "SELECT epoch, record FROM operations WHERE"
                                                        " active = 1 AND owner = :owner"
                                                        " ORDER BY create_time_us, id",
                                     use(owner_))));
    return Claim(session, claimed);
  }));
  return claimed;
}

// An owner that never gave a sign of life counts as expired.
absl::StatusOr<std::vector<Claimed>> SqlStore::ReadExpired(soci::session& session) {
  const long long expired = NowMicros() - absl::ToInt64Microseconds(owner_expires_);
  return ReadRows((session.prepare << "SELECT epoch, record FROM operations WHERE active = 1 AND"
                                      " owner <> :owner AND owner NOT IN"
                                      " (SELECT owner FROM daemons WHERE heartbeat_us > :expired)"
                                      " ORDER BY create_time_us, id",
                   use(owner_), use(expired)));
}

absl::StatusOr<std::vector<OperationRecord>> SqlStore::ExpiredOperations() {
  std::vector<OperationRecord> records;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    JPKID_ASSIGN_OR_RETURN(std::vector<Claimed> expired, ReadExpired(session));
    for (Claimed& one : expired) records.push_back(std::move(one.record));
    return absl::OkStatus();
  }));
  return records;
}

absl::StatusOr<std::vector<Claimed>> SqlStore::ClaimExpired(const std::string& card_serial) {
  std::vector<Claimed> claimed;
  JPKID_RETURN_IF_ERROR(database_->Write([&](soci::session& session) {
    JPKID_ASSIGN_OR_RETURN(claimed, ReadExpired(session));
    std::erase_if(claimed,
                  [&](const Claimed& one) { return one.record.card_serial() != card_serial; });
    return Claim(session, claimed);
  }));
  return claimed;
}

absl::Status SqlStore::Heartbeat() {
  return database_->Write([&](soci::session& session) {
    const long long now = NowMicros();
    session << "INSERT INTO daemons (owner, heartbeat_us) VALUES (:owner, :now)"
               " ON CONFLICT (owner) DO UPDATE SET heartbeat_us = excluded.heartbeat_us",
        use(owner_), use(now);
    return absl::OkStatus();
  });
}

}  // namespace jpkid::store
