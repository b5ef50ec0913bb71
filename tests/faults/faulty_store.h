#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/store.h"
#include "tests/faults/trap.h"

namespace jpkid::faults {

// The store behind a trap: each write of an operation is an act. A killed daemon reads and writes
// nothing.
class FaultyStore final : public store::Store {
 public:
  // Both outlive it. `on_written` is called after each write, whatever came of it.
  FaultyStore(store::Store& store, Trap& trap, std::function<void()> on_written)
      : store_(store), trap_(trap), on_written_(std::move(on_written)) {}

  absl::StatusOr<store::Claimed> Create(const store::OperationRecord& record,
                                        const std::vector<events::Event>& events,
                                        const std::optional<Bytes>& holder) override;
  absl::Status Write(const store::OperationRecord& record, std::int64_t epoch,
                     const std::optional<store::JournalLine>& line,
                     const std::vector<events::Event>& events) override;
  absl::StatusOr<std::vector<store::Claimed>> ClaimUnfinished() override;
  absl::Status Heartbeat() override;
  absl::StatusOr<std::vector<store::OperationRecord>> ExpiredOperations() override;
  absl::StatusOr<std::vector<store::Claimed>> ClaimExpired(const std::string& serial) override;
  absl::StatusOr<std::optional<store::OperationRecord>> FindOperation(
      const std::string& creator, const std::string& request_id) override;
  absl::StatusOr<store::OperationRecord> Get(const std::string& id) override;
  absl::StatusOr<store::Page> List(int page_size, const std::string& token,
                                   bool active_only) override;
  absl::StatusOr<std::vector<events::Event>> Events(const std::string& id, std::int64_t after,
                                                    int limit) override;
  absl::StatusOr<std::vector<store::JournalLine>> Journal(const std::string& id) override;
  absl::Status PutPersonal(const std::string& id, std::int64_t epoch, const std::string& item,
                           ByteView data) override;
  absl::StatusOr<std::optional<Bytes>> GetPersonal(const std::string& id,
                                                   const std::string& item) override;
  absl::Status Check() override;
  absl::StatusOr<UniqueFd> Snapshot() override { return store_.Snapshot(); }

  absl::StatusOr<store::CreatedCase> CreateCase(const store::CaseRecord& record,
                                                const std::optional<Bytes>& holder,
                                                const store::Admission& admission) override;
  absl::StatusOr<std::optional<store::CaseRecord>> FindCase(const std::string& creator,
                                                            const std::string& request_id) override;
  absl::StatusOr<store::CaseRecord> GetCase(const std::string& id) override;
  absl::StatusOr<store::CasePage> ListCases(const store::CaseFilter& filter, int page_size,
                                            const std::string& token) override;
  absl::StatusOr<int> CountTaken(const std::string& municipality, const std::string& window,
                                 std::int64_t from_us, std::int64_t before_us) override;
  absl::StatusOr<store::CaseRecord> UpdateCase(const store::CaseRecord& record,
                                               std::int64_t expected) override;
  absl::StatusOr<std::optional<Bytes>> GetCaseHolder(const std::string& id) override;

  absl::StatusOr<store::RememberedRequest> BeginRequest(const store::RequestKey& key,
                                                        ByteView digest) override;
  absl::Status FinishRequest(const store::RequestKey& key, ByteView answer) override;
  absl::Status ForgetRequest(const store::RequestKey& key) override;

 private:
  template <typename Result, typename Act>
  Result Written(Act act);
  template <typename Result, typename Act>
  Result Read(Act act);

  store::Store& store_;
  Trap& trap_;
  const std::function<void()> on_written_;
};

}  // namespace jpkid::faults
