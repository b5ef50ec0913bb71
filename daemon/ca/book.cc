#include "daemon/ca/book.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include <soci/soci.h>

#include "base/status.h"

namespace jpkid::ca {
namespace {

// Times are seconds since 1970; octets are hexadecimal, which every database stores alike.
const std::vector<sql::Migration>& Schema() {
  static const auto* const kSchema = new std::vector<sql::Migration>{
      {{"CREATE TABLE certificate ("
        " transaction_id TEXT NOT NULL PRIMARY KEY,"
        " request_hash TEXT NOT NULL,"
        " kind TEXT NOT NULL,"
        " serial TEXT NOT NULL,"
        " not_after BIGINT NOT NULL,"
        " der TEXT NOT NULL,"
        " confirmed_at BIGINT,"
        " revoked_at BIGINT,"
        " reason INTEGER,"
        " UNIQUE (kind, serial))",
        "CREATE INDEX certificate_revoked ON certificate (kind, not_after)"
        " WHERE revoked_at IS NOT NULL",
        "CREATE TABLE list (kind TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)"}}};
  return *kSchema;
}

// A broken book means an authority that does not answer, not a broken store of the daemon.
absl::Status AsAuthority(const absl::Status& status) {
  if (!FailedFor(status, Reason::kStoreUnavailable) && !FailedFor(status, Reason::kStoreTooNew)) {
    return status;
  }
  return Fail(Reason::kCaUnavailable, {{"detail", absl::StrCat("its book: ", status.message())}});
}

absl::Status Rejected(absl::string_view detail) {
  return Fail(Reason::kCaRejected, {{"detail", std::string(detail)}});
}

absl::StatusOr<std::optional<Book::Entry>> Select(soci::session& session,
                                                  const std::string& transaction_id) {
  std::string request_hash;
  std::string kind;
  std::string der;
  long long not_after = 0;
  Book::Entry entry;
  session << "SELECT request_hash, kind, serial, not_after, der FROM certificate"
             " WHERE transaction_id = :id",
      soci::into(request_hash), soci::into(kind), soci::into(entry.serial), soci::into(not_after),
      soci::into(der), soci::use(transaction_id, "id");
  if (!session.got_data()) return std::optional<Book::Entry>();
  entry.transaction_id = transaction_id;
  entry.not_after = absl::FromUnixSeconds(not_after);
  JPKID_ASSIGN_OR_RETURN(entry.kind, certs::ParseKind(kind));
  JPKID_ASSIGN_OR_RETURN(entry.request_hash, FromHex(request_hash));
  JPKID_ASSIGN_OR_RETURN(entry.certificate, FromHex(der));
  return std::optional<Book::Entry>(std::move(entry));
}

void Insert(soci::session& session, const Book::Entry& entry) {
  const std::string kind(certs::Name(entry.kind));
  const std::string request_hash = ToHex(entry.request_hash);
  const std::string der = ToHex(entry.certificate);
  const long long not_after = absl::ToUnixSeconds(entry.not_after);
  session << "INSERT INTO certificate (transaction_id, request_hash, kind, serial, not_after, der)"
             " VALUES (:id, :hash, :kind, :serial, :not_after, :der)",
      soci::use(entry.transaction_id, "id"), soci::use(request_hash, "hash"),
      soci::use(kind, "kind"), soci::use(entry.serial, "serial"), soci::use(not_after, "not_after"),
      soci::use(der, "der");
}

// What the book says of `column` = `value`, within `kind`.
BookEntry SelectState(soci::session& session, const std::string& kind, const std::string& serial) {
  long long revoked_at = 0;
  int reason = 0;
  soci::indicator revoked = soci::i_null;
  soci::indicator reasoned = soci::i_null;
  session << "SELECT revoked_at, reason FROM certificate WHERE kind = :kind AND serial = :serial",
      soci::into(revoked_at, revoked), soci::into(reason, reasoned), soci::use(kind, "kind"),
      soci::use(serial, "serial");
  if (!session.got_data()) return {};
  if (revoked != soci::i_ok) return {.state = BookEntry::State::kGood};
  return {.state = BookEntry::State::kRevoked,
          .revocation = Revocation{.at = absl::FromUnixSeconds(revoked_at),
                                   .reason = static_cast<RevocationReason>(reason)}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Book>> Book::Open(const std::string& path) {
  absl::StatusOr<std::unique_ptr<sql::Database>> database =
      sql::Database::Open(absl::StrCat("sqlite:", path));
  if (!database.ok()) return AsAuthority(database.status());
  JPKID_RETURN_IF_ERROR(AsAuthority(sql::Migrate(**database, Schema())));
  return std::unique_ptr<Book>(new Book(*std::move(database)));
}

absl::StatusOr<std::optional<Book::Entry>> Book::Find(absl::string_view transaction_id) {
  std::optional<Entry> found;
  JPKID_RETURN_IF_ERROR(AsAuthority(database_->Read([&](soci::session& session) -> absl::Status {
    JPKID_ASSIGN_OR_RETURN(found, Select(session, std::string(transaction_id)));
    return absl::OkStatus();
  })));
  return found;
}

absl::StatusOr<Book::Entry> Book::AddUnlessThere(const Entry& entry) {
  Entry kept = entry;
  JPKID_RETURN_IF_ERROR(AsAuthority(database_->Write([&](soci::session& session) -> absl::Status {
    JPKID_ASSIGN_OR_RETURN(std::optional<Entry> there, Select(session, entry.transaction_id));
    if (there.has_value()) {
      kept = *std::move(there);
    } else {
      Insert(session, entry);
    }
    return absl::OkStatus();
  })));
  return kept;
}

absl::Status Book::Confirm(absl::string_view transaction_id, absl::Time now) {
  const std::string id(transaction_id);
  const long long at = absl::ToUnixSeconds(now);
  return AsAuthority(database_->Write([&](soci::session& session) {
    long long revoked_at = 0;
    soci::indicator revoked = soci::i_null;
    session << "SELECT revoked_at FROM certificate WHERE transaction_id = :id",
        soci::into(revoked_at, revoked), soci::use(id, "id");
    if (!session.got_data()) return Rejected("unknown transaction");
    if (revoked == soci::i_ok) return Rejected("the certificate is revoked");
    session << "UPDATE certificate SET confirmed_at = COALESCE(confirmed_at, :at)"
               " WHERE transaction_id = :id",
        soci::use(at, "at"), soci::use(id, "id");
    return absl::OkStatus();
  }));
}

absl::Status Book::Revoke(certs::Kind kind, absl::string_view serial,
                          const Revocation& revocation) {
  const std::string kind_name(certs::Name(kind));
  const std::string serial_text(serial);
  const long long at = absl::ToUnixSeconds(revocation.at);
  const int reason = static_cast<int>(revocation.reason);
  return AsAuthority(database_->Write([&](soci::session& session) {
    const BookEntry now = SelectState(session, kind_name, serial_text);
    if (now.state == BookEntry::State::kUnknown) return Rejected("unknown serial number");
    if (now.state == BookEntry::State::kRevoked &&
        now.revocation->reason != RevocationReason::kCertificateHold) {
      return absl::OkStatus();
    }
    // A hold that becomes final keeps its date: nothing was valid since (RFC 5280, 5.3.1).
    session << "UPDATE certificate SET revoked_at = COALESCE(revoked_at, :at), reason = :reason"
               " WHERE kind = :kind AND serial = :serial",
        soci::use(at, "at"), soci::use(reason, "reason"), soci::use(kind_name, "kind"),
        soci::use(serial_text, "serial");
    return absl::OkStatus();
  }));
}

absl::StatusOr<BookEntry> Book::StatusOf(certs::Kind kind, absl::string_view serial) {
  BookEntry entry;
  JPKID_RETURN_IF_ERROR(AsAuthority(database_->Read([&](soci::session& session) {
    entry = SelectState(session, std::string(certs::Name(kind)), std::string(serial));
    return absl::OkStatus();
  })));
  return entry;
}

absl::StatusOr<RevocationList> Book::NextList(certs::Kind kind, absl::Time now) {
  const std::string kind_name(certs::Name(kind));
  const long long at = absl::ToUnixSeconds(now);
  RevocationList list;
  JPKID_RETURN_IF_ERROR(AsAuthority(database_->Write([&](soci::session& session) {
    list = {};
    long long number = 0;
    session << "SELECT number FROM list WHERE kind = :kind", soci::into(number),
        soci::use(kind_name, "kind");
    const bool first = !session.got_data();
    number = first ? 1 : number + 1;
    session << (first ? "INSERT INTO list (number, kind) VALUES (:number, :kind)"
                      : "UPDATE list SET number = :number WHERE kind = :kind"),
        soci::use(number, "number"), soci::use(kind_name, "kind");
    list.number = number;
    RevokedEntry entry;
    long long revoked_at = 0;
    int reason = 0;
    soci::statement rows =
        (session.prepare << "SELECT serial, revoked_at, reason FROM certificate"
                            " WHERE kind = :kind AND not_after >= :at AND revoked_at IS NOT NULL",
         soci::into(entry.serial), soci::into(revoked_at), soci::into(reason),
         soci::use(kind_name, "kind"), soci::use(at, "at"));
    rows.execute();
    while (rows.fetch()) {
      entry.revocation = {.at = absl::FromUnixSeconds(revoked_at),
                          .reason = static_cast<RevocationReason>(reason)};
      list.entries.push_back(entry);
    }
    return absl::OkStatus();
  })));
  return list;
}

}  // namespace jpkid::ca
