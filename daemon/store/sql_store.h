#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/seal.h"
#include "daemon/sql/sql.h"
#include "daemon/store/store.h"

namespace soci {
class session;
}

namespace jpkid::store {

// The store over a SQL database.
class SqlStore final : public Store {
 public:
  SqlStore(std::unique_ptr<sql::Database> database, std::unique_ptr<Seal> seal,
           const Options& options, Clock& clock);

  absl::StatusOr<Claimed> Create(const OperationRecord& record,
                                 const std::vector<events::Event>& events,
                                 const std::optional<Bytes>& holder) override;
  absl::Status Write(const OperationRecord& record, std::int64_t epoch,
                     const std::optional<JournalLine>& line,
                     const std::vector<events::Event>& events) override;
  absl::StatusOr<std::vector<Claimed>> ClaimUnfinished() override;
  absl::Status Heartbeat() override;
  absl::StatusOr<std::vector<OperationRecord>> ExpiredOperations() override;
  absl::StatusOr<std::vector<Claimed>> ClaimExpired(const std::string& card_serial) override;
  absl::StatusOr<std::optional<OperationRecord>> FindOperation(
      const std::string& creator, const std::string& request_id) override;
  absl::StatusOr<OperationRecord> Get(const std::string& id) override;
  absl::StatusOr<Page> List(int page_size, const std::string& token, bool active_only) override;
  absl::StatusOr<std::vector<events::Event>> Events(const std::string& id, std::int64_t after,
                                                    int limit) override;
  absl::StatusOr<std::vector<JournalLine>> Journal(const std::string& id) override;
  absl::Status PutPersonal(const std::string& id, std::int64_t epoch, const std::string& item,
                           ByteView data) override;
  absl::StatusOr<std::optional<Bytes>> GetPersonal(const std::string& id,
                                                   const std::string& item) override;
  absl::StatusOr<RememberedRequest> BeginRequest(const RequestKey& key, ByteView digest) override;
  absl::Status FinishRequest(const RequestKey& key, ByteView answer) override;
  absl::Status ForgetRequest(const RequestKey& key) override;
  absl::Status Check() override { return Heartbeat(); }
  absl::StatusOr<UniqueFd> Snapshot() override;

  // Whether the key is the one this store was sealed with; a new store remembers it.
  // ARGUMENT_INVALID.
  absl::Status CheckKey();

  absl::StatusOr<CreatedCase> CreateCase(const CaseRecord& record,
                                         const std::optional<Bytes>& holder,
                                         const Admission& admission) override;
  absl::StatusOr<std::optional<CaseRecord>> FindCase(const std::string& creator,
                                                     const std::string& request_id) override;
  absl::StatusOr<CaseRecord> GetCase(const std::string& id) override;
  absl::StatusOr<CasePage> ListCases(const CaseFilter& filter, int page_size,
                                     const std::string& token) override;
  absl::StatusOr<int> CountTaken(const std::string& municipality, const std::string& window,
                                 std::int64_t from_us, std::int64_t before_us) override;
  absl::StatusOr<CaseRecord> UpdateCase(const CaseRecord& record, std::int64_t expected) override;
  absl::StatusOr<std::optional<Bytes>> GetCaseHolder(const std::string& id) override;

 private:
  std::int64_t NowMicros() const;
  absl::Status InsertEvents(soci::session& session, const std::string& id,
                            const std::vector<events::Event>& events);
  absl::Status InsertLine(soci::session& session, const std::string& id, std::int64_t epoch,
                          const JournalLine& line);
  absl::StatusOr<std::vector<Claimed>> ReadExpired(soci::session& session);
  absl::Status Claim(soci::session& session, std::vector<Claimed>& operations);

  absl::Status InsertPersonal(soci::session& session, const std::string& id,
                              const std::string& item, ByteView data);
  absl::StatusOr<Bytes> Unseal(const std::string& id, const std::string& item,
                               const std::string& text) const;
  // Of a case as it is stored; its person, sealed, where `sealed_person` is not empty.
  absl::StatusOr<CaseRecord> Assemble(const std::string& text,
                                      const std::string& sealed_person) const;

  const std::string url_;
  const std::unique_ptr<sql::Database> database_;
  const std::unique_ptr<Seal> seal_;
  const std::string owner_;
  const absl::Duration owner_expires_;
  Clock& clock_;
  Mutex snapshot_mutex_;  // One at a time: they have one name.
};

}  // namespace jpkid::store
