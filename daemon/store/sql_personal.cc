// The holder's data: one table, sealed row by row, erasable.

#include "absl/strings/str_cat.h"
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/store/sql_store.h"

namespace jpkid::store {
namespace {

using soci::into;
using soci::use;

std::string Context(const std::string& id, const std::string& item) {
  return absl::StrCat(id, "/", item);
}

}  // namespace

absl::Status SqlStore::PutPersonal(const std::string& id, const std::string& item, ByteView data) {
  JPKID_ASSIGN_OR_RETURN(const Bytes sealed, seal_->Close(data, Context(id, item)));
  const std::string text = ToHex(sealed);
  return database_->Write([&](soci::session& session) {
    session << "INSERT INTO holder_data (operation_id, item, sealed) VALUES (:id, :item, :sealed)"
               " ON CONFLICT (operation_id, item) DO UPDATE SET sealed = excluded.sealed",
        use(id), use(item), use(text);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::optional<Bytes>> SqlStore::GetPersonal(const std::string& id,
                                                           const std::string& item) {
  std::string text;
  bool found = false;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    session << "SELECT sealed FROM holder_data WHERE operation_id = :id AND item = :item", use(id),
        use(item), into(text);
    found = session.got_data();
    return absl::OkStatus();
  }));
  if (!found) return std::nullopt;
  JPKID_ASSIGN_OR_RETURN(const Bytes sealed, FromHex(text));
  JPKID_ASSIGN_OR_RETURN(Bytes data, seal_->Open(sealed, Context(id, item)));
  return data;
}

absl::Status SqlStore::ErasePersonal(const std::string& id) {
  return database_->Write([&](soci::session& session) {
    session << "DELETE FROM holder_data WHERE operation_id = :id", use(id);
    return absl::OkStatus();
  });
}

}  // namespace jpkid::store
