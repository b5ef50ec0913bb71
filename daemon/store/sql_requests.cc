// request_id: a repeated request gets the first answer, and is never done twice.

#include <soci/soci.h>

#include "base/status.h"
#include "daemon/store/sql_store.h"

namespace jpkid::store {

using soci::into;
using soci::use;

absl::StatusOr<RememberedRequest> SqlStore::BeginRequest(const RequestKey& key, ByteView digest) {
  RememberedRequest remembered;
  const std::string digest_text = ToHex(digest);
  JPKID_RETURN_IF_ERROR(database_->Write([&](soci::session& session) {
    std::string first_digest;
    std::string answer;
    soci::indicator answered = soci::i_null;
    session << "SELECT digest, answer FROM requests WHERE caller = :caller AND method = :method"
               " AND request_id = :id",
        use(key.caller), use(key.method), use(key.request_id), into(first_digest),
        into(answer, answered);
    if (!session.got_data()) {
      const long long now = NowMicros();
      session << "INSERT INTO requests (caller, method, request_id, digest, time_us)"
                 " VALUES (:caller, :method, :id, :digest, :now)",
          use(key.caller), use(key.method), use(key.request_id), use(digest_text), use(now);
      return absl::OkStatus();
    }
    if (first_digest != digest_text) {
      return Fail(Reason::kRequestIdReused, {{"request_id", key.request_id}});
    }
    if (answered != soci::i_ok) {
      remembered.state = RememberedRequest::State::kUnfinished;
      return absl::OkStatus();
    }
    remembered.state = RememberedRequest::State::kAnswered;
    JPKID_ASSIGN_OR_RETURN(remembered.answer, FromHex(answer));
    return absl::OkStatus();
  }));
  return remembered;
}

absl::Status SqlStore::FinishRequest(const RequestKey& key, ByteView answer) {
  const std::string text = ToHex(answer);
  return database_->Write([&](soci::session& session) {
    session << "UPDATE requests SET answer = :answer WHERE caller = :caller AND method = :method"
               " AND request_id = :id",
        use(text), use(key.caller), use(key.method), use(key.request_id);
    return absl::OkStatus();
  });
}

absl::Status SqlStore::ForgetRequest(const RequestKey& key) {
  return database_->Write([&](soci::session& session) {
    session << "DELETE FROM requests WHERE caller = :caller AND method = :method"
               " AND request_id = :id",
        use(key.caller), use(key.method), use(key.request_id);
    return absl::OkStatus();
  });
}

}  // namespace jpkid::store
