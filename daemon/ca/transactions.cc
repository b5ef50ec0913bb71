#include "daemon/ca/transactions.h"

#include <array>
#include <span>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include <soci/soci.h>

#include "base/status.h"

namespace jpkid::ca {
namespace {

// Nobody asks any more after an operation ended: its own record says how. Of one that was given up
// the adapter is not told; what nobody touched for so long is no operation's any more.
constexpr absl::Duration kKeepEnded = absl::Hours(24 * 30);
constexpr absl::Duration kKeepAny = absl::Hours(24 * 180);
constexpr absl::Duration kRemoveEvery = absl::Hours(24);

const std::vector<sql::Migration>& Schema() {
  static const auto* const kSchema = new std::vector<sql::Migration>{
      {{"CREATE TABLE cmp_transaction ("
        " id TEXT NOT NULL PRIMARY KEY,"
        " state TEXT NOT NULL,"
        " kind TEXT NOT NULL,"
        " fingerprint TEXT NOT NULL,"
        " poll_at BIGINT NOT NULL,"  // Seconds since 1970.
        " changed_at BIGINT NOT NULL,"
        " sealed TEXT NOT NULL)",
        "CREATE INDEX cmp_transaction_changed ON cmp_transaction (changed_at)"}}};
  return *kSchema;
}

constexpr std::array<absl::string_view, 6> kStateNames = {"SENT",    "WAITING",   "ISSUED",
                                                          "WRITTEN", "CONFIRMED", "UNKNOWN"};

std::string StateName(Transaction::State state) {
  return std::string(kStateNames[static_cast<std::size_t>(state)]);
}

absl::Status Broken(absl::string_view detail) {
  return Fail(Reason::kStoreUnavailable, {{"detail", std::string(detail)}});
}

absl::StatusOr<Transaction::State> ParseState(absl::string_view name) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == name) return static_cast<Transaction::State>(i);
  }
  return Broken("a transaction in an unknown state");
}

// The octet strings of a transaction, in the order in which they are sealed.
template <typename T>
auto Octets(T& transaction) {
  return std::array{&transaction.cmp_id,         &transaction.request,
                    &transaction.asked.sent,     &transaction.asked.received,
                    &transaction.polled.sent,    &transaction.polled.received,
                    &transaction.confirmed.sent, &transaction.confirmed.received,
                    &transaction.certificate};
}

// Each after its length in eight hexadecimal digits.
Bytes Pack(const Transaction& transaction) {
  Bytes packed;
  for (const Bytes* octets : Octets(transaction)) {
    Append(packed, AsBytes(absl::StrCat(absl::Hex(octets->size(), absl::kZeroPad8))));
    Append(packed, *octets);
  }
  return packed;
}

absl::Status Unpack(ByteView packed, Transaction& transaction) {
  constexpr std::size_t kLength = 8;
  for (Bytes* octets : Octets(transaction)) {
    if (packed.size() < kLength) return Broken("a transaction is cut off");
    std::uint32_t size = 0;
    const bool read = absl::SimpleHexAtoi(AsText(packed.first(kLength)), &size);
    packed = packed.subspan(kLength);
    if (!read || packed.size() < size) return Broken("a transaction is cut off");
    *octets = ToBytes(packed.first(size));
    packed = packed.subspan(size);
  }
  return packed.empty() ? absl::OkStatus() : Broken("more behind a transaction");
}

std::string Context(absl::string_view id) { return absl::StrCat("cmp/", id); }

// They carry holders' data.
absl::Status RemoveOld(sql::Database& database, absl::Time now) {
  const long long ended = absl::ToUnixSeconds(now - kKeepEnded);
  const long long any = absl::ToUnixSeconds(now - kKeepAny);
  return database.Write([&](soci::session& session) {
    session << "DELETE FROM cmp_transaction WHERE changed_at < :any OR"
               " (changed_at < :ended AND state IN ('CONFIRMED', 'UNKNOWN'))",
        soci::use(any, "any"), soci::use(ended, "ended");
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Transactions>> Transactions::Open(const std::string& url,
                                                                 const std::string& key_file,
                                                                 absl::Time now) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<Seal> seal, Seal::Open(key_file));
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database, sql::Database::Open(url));
  JPKID_RETURN_IF_ERROR(sql::Migrate(*database, Schema()));
  JPKID_RETURN_IF_ERROR(RemoveOld(*database, now));
  return std::unique_ptr<Transactions>(new Transactions(std::move(database), std::move(seal), now));
}

absl::StatusOr<std::optional<Transaction>> Transactions::Find(absl::string_view id) {
  Transaction transaction;
  transaction.id = std::string(id);
  std::string state;
  std::string kind;
  std::string fingerprint;
  std::string sealed;
  long long poll_at = 0;
  bool found = false;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    session << "SELECT state, kind, fingerprint, poll_at, sealed FROM cmp_transaction"
               " WHERE id = :id",
        soci::into(state), soci::into(kind), soci::into(fingerprint), soci::into(poll_at),
        soci::into(sealed), soci::use(transaction.id, "id");
    found = session.got_data();
    return absl::OkStatus();
  }));
  if (!found) return std::optional<Transaction>();
  JPKID_ASSIGN_OR_RETURN(transaction.state, ParseState(state));
  JPKID_ASSIGN_OR_RETURN(transaction.kind, certs::ParseKind(kind));
  JPKID_ASSIGN_OR_RETURN(transaction.fingerprint, FromHex(fingerprint));
  transaction.poll_at = absl::FromUnixSeconds(poll_at);
  JPKID_ASSIGN_OR_RETURN(const Bytes closed, FromHex(sealed));
  JPKID_ASSIGN_OR_RETURN(const Bytes packed, seal_->Open(closed, Context(id)));
  JPKID_RETURN_IF_ERROR(Unpack(packed, transaction));
  return std::optional<Transaction>(std::move(transaction));
}

absl::Status Transactions::RemoveOldOnceADay(absl::Time now) {
  {
    const MutexLock lock(mutex_);
    if (now < removed_at_ + kRemoveEvery) return absl::OkStatus();
    removed_at_ = now;
  }
  return RemoveOld(*database_, now);
}

absl::Status Transactions::Put(const Transaction& transaction, absl::Time now) {
  JPKID_RETURN_IF_ERROR(RemoveOldOnceADay(now));
  JPKID_ASSIGN_OR_RETURN(const Bytes closed,
                         seal_->Close(Pack(transaction), Context(transaction.id)));
  const std::string state = StateName(transaction.state);
  const std::string kind(certs::Name(transaction.kind));
  const std::string fingerprint = ToHex(transaction.fingerprint);
  const std::string sealed = ToHex(closed);
  const long long poll_at =
      transaction.poll_at == absl::InfinitePast() ? 0 : absl::ToUnixSeconds(transaction.poll_at);
  const long long changed_at = absl::ToUnixSeconds(now);
  return database_->Write([&](soci::session& session) {
    session << "INSERT INTO cmp_transaction"
               " (id, state, kind, fingerprint, poll_at, changed_at, sealed)"
               " VALUES (:id, :state, :kind, :fingerprint, :poll_at, :changed_at, :sealed)"
               " ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
               " poll_at = excluded.poll_at, changed_at = excluded.changed_at,"
               " sealed = excluded.sealed",
        soci::use(transaction.id, "id"), soci::use(state, "state"), soci::use(kind, "kind"),
        soci::use(fingerprint, "fingerprint"), soci::use(poll_at, "poll_at"),
        soci::use(changed_at, "changed_at"), soci::use(sealed, "sealed");
    return absl::OkStatus();
  });
}

absl::Status Transactions::Erase(absl::string_view id) {
  const std::string text(id);
  return database_->Write([&](soci::session& session) {
    session << "DELETE FROM cmp_transaction WHERE id = :id", soci::use(text, "id");
    return absl::OkStatus();
  });
}

}  // namespace jpkid::ca
