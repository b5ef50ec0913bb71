// Personal data: one table, sealed row by row, erasable.

#include "absl/strings/str_cat.h"
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/store/sql_store.h"

namespace jpkid::store {
namespace {

using soci::into;
using soci::use;

// What is sealed is bound to its row.
std::string Context(const std::string& id, const std::string& item) {
  return absl::StrCat(id, "/", item);
}

}  // namespace

absl::Status SqlStore::InsertPersonal(soci::session& session, const std::string& id,
                                      const std::string& item, ByteView data) {
  JPKID_ASSIGN_OR_RETURN(const Bytes sealed, seal_->Close(data, Context(id, item)));
  const std::string text = ToHex(sealed);
  session << "INSERT INTO personal_data (record_id, item, sealed) VALUES (:id, :item, :sealed)"
             " ON CONFLICT (record_id, item) DO UPDATE SET sealed = excluded.sealed",
      use(id), use(item), use(text);
  return absl::OkStatus();
}

absl::StatusOr<Bytes> SqlStore::Unseal(const std::string& id, const std::string& item,
                                       const std::string& text) const {
  JPKID_ASSIGN_OR_RETURN(const Bytes sealed, FromHex(text));
  return seal_->Open(sealed, Context(id, item));
}

// Daemons that share a store but not the key would each write what the others cannot read.
absl::Status SqlStore::CheckKey() {
  const std::string id = "store";
  const std::string item = "key-check";
  return database_->Write([&](soci::session& session) -> absl::Status {
    std::string text;
    session << "SELECT sealed FROM personal_data WHERE record_id = :id AND item = :item", use(id),
        use(item), into(text);
    if (!session.got_data()) return InsertPersonal(session, id, item, AsBytes("jpkid"));
    if (Unseal(id, item, text).ok()) return absl::OkStatus();
    return Fail(Reason::kArgumentInvalid,
                {{"field", "holder_key_file"}, {"detail", "is not the key of this store"}});
  });
}

absl::Status SqlStore::PutPersonal(const std::string& id, std::int64_t epoch,
                                   const std::string& item, ByteView data) {
  return database_->Write([&](soci::session& session) -> absl::Status {
    const long long expected = epoch;
    // An update keeps the operation as it is until the end of the transaction.
    soci::statement hold =
        (session.prepare << "UPDATE operations SET active = 1 WHERE id = :id AND owner = :owner"
                            " AND epoch = :epoch AND active = 1",
         use(id), use(owner_), use(expected));
    hold.execute(true);
    if (hold.get_affected_rows() != 1) return Fail(Reason::kOwnershipLost);
    return InsertPersonal(session, id, item, data);
  });
}

absl::StatusOr<std::optional<Bytes>> SqlStore::GetPersonal(const std::string& id,
                                                           const std::string& item) {
  std::string text;
  bool found = false;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    session << "SELECT sealed FROM personal_data WHERE record_id = :id AND item = :item", use(id),
        use(item), into(text);
    found = session.got_data();
    return absl::OkStatus();
  }));
  if (!found) return std::nullopt;
  JPKID_ASSIGN_OR_RETURN(Bytes data, Unseal(id, item, text));
  return data;
}

}  // namespace jpkid::store
