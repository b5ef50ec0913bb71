#include "tests/faults/faulty_store.h"

#include "base/status.h"

namespace jpkid::faults {
namespace {

absl::Status Unavailable() {
  return Fail(Reason::kStoreUnavailable, {{"detail", "the disk is full"}});
}

}  // namespace

template <typename Result, typename Act>
Result FaultyStore::Written(Act act) {
  const Trap::Fate fate = trap_.Strike(Site::kStore);
  if (fate == Trap::Fate::kKillBefore || fate == Trap::Fate::kFailBefore) return Unavailable();
  Result result = act();
  on_written_();
  if (fate == Trap::Fate::kKillAfter) trap_.Kill();
  if (fate == Trap::Fate::kPass) return result;
  return Unavailable();
}

template <typename Result, typename Act>
Result FaultyStore::Read(Act act) {
  if (trap_.dead() || trap_.outage()) return Unavailable();
  return act();
}

absl::StatusOr<store::Claimed> FaultyStore::Create(const store::OperationRecord& record,
                                                   const std::vector<events::Event>& events,
                                                   const std::optional<Bytes>& holder) {
  return Written<absl::StatusOr<store::Claimed>>(
      [&] { return store_.Create(record, events, holder); });
}

absl::Status FaultyStore::Write(const store::OperationRecord& record, std::int64_t epoch,
                                const std::optional<store::JournalLine>& line,
                                const std::vector<events::Event>& events) {
  if (line.has_value() && line->phase == store::JournalLine::Phase::kIntent) {
    trap_.NoteStep(line->step);
  }
  return Written<absl::Status>([&] { return store_.Write(record, epoch, line, events); });
}

absl::Status FaultyStore::PutPersonal(const std::string& id, std::int64_t epoch,
                                      const std::string& item, ByteView data) {
  return Written<absl::Status>([&] { return store_.PutPersonal(id, epoch, item, data); });
}

absl::StatusOr<std::vector<store::Claimed>> FaultyStore::ClaimUnfinished() {
  return Read<absl::StatusOr<std::vector<store::Claimed>>>(
      [&] { return store_.ClaimUnfinished(); });
}

absl::Status FaultyStore::Heartbeat() {
  return Read<absl::Status>([&] { return store_.Heartbeat(); });
}

absl::StatusOr<std::vector<store::OperationRecord>> FaultyStore::ExpiredOperations() {
  return Read<absl::StatusOr<std::vector<store::OperationRecord>>>(
      [&] { return store_.ExpiredOperations(); });
}

absl::StatusOr<std::vector<store::Claimed>> FaultyStore::ClaimExpired(const std::string& serial) {
  return Read<absl::StatusOr<std::vector<store::Claimed>>>(
      [&] { return store_.ClaimExpired(serial); });
}

absl::StatusOr<std::optional<store::OperationRecord>> FaultyStore::FindOperation(
    const std::string& creator, const std::string& request_id) {
  return Read<absl::StatusOr<std::optional<store::OperationRecord>>>(
      [&] { return store_.FindOperation(creator, request_id); });
}

absl::StatusOr<std::optional<store::CaseRecord>> FaultyStore::FindCase(
    const std::string& creator, const std::string& request_id) {
  return Read<absl::StatusOr<std::optional<store::CaseRecord>>>(
      [&] { return store_.FindCase(creator, request_id); });
}

absl::StatusOr<store::OperationRecord> FaultyStore::Get(const std::string& id) {
  return Read<absl::StatusOr<store::OperationRecord>>([&] { return store_.Get(id); });
}

absl::StatusOr<store::Page> FaultyStore::List(int page_size, const std::string& token,
                                              bool active_only) {
  return Read<absl::StatusOr<store::Page>>(
      [&] { return store_.List(page_size, token, active_only); });
}

absl::StatusOr<std::vector<events::Event>> FaultyStore::Events(const std::string& id,
                                                               std::int64_t after, int limit) {
  return Read<absl::StatusOr<std::vector<events::Event>>>(
      [&] { return store_.Events(id, after, limit); });
}

absl::StatusOr<std::vector<store::JournalLine>> FaultyStore::Journal(const std::string& id) {
  return Read<absl::StatusOr<std::vector<store::JournalLine>>>([&] { return store_.Journal(id); });
}

absl::StatusOr<std::optional<Bytes>> FaultyStore::GetPersonal(const std::string& id,
                                                              const std::string& item) {
  return Read<absl::StatusOr<std::optional<Bytes>>>([&] { return store_.GetPersonal(id, item); });
}

absl::Status FaultyStore::Check() {
  return Read<absl::Status>([&] { return store_.Check(); });
}

absl::StatusOr<store::CreatedCase> FaultyStore::CreateCase(const store::CaseRecord& record,
                                                           const std::optional<Bytes>& holder,
                                                           const store::Admission& admission) {
  return store_.CreateCase(record, holder, admission);
}

absl::StatusOr<store::CaseRecord> FaultyStore::GetCase(const std::string& id) {
  return store_.GetCase(id);
}

absl::StatusOr<store::CasePage> FaultyStore::ListCases(const store::CaseFilter& filter,
                                                       int page_size, const std::string& token) {
  return store_.ListCases(filter, page_size, token);
}

absl::StatusOr<int> FaultyStore::CountTaken(const std::string& municipality,
                                            const std::string& window, std::int64_t from_us,
                                            std::int64_t before_us) {
  return store_.CountTaken(municipality, window, from_us, before_us);
}

absl::StatusOr<store::CaseRecord> FaultyStore::UpdateCase(const store::CaseRecord& record,
                                                          std::int64_t expected) {
  return store_.UpdateCase(record, expected);
}

absl::StatusOr<std::optional<Bytes>> FaultyStore::GetCaseHolder(const std::string& id) {
  return store_.GetCaseHolder(id);
}

absl::StatusOr<store::RememberedRequest> FaultyStore::BeginRequest(const store::RequestKey& key,
                                                                   ByteView digest) {
  return store_.BeginRequest(key, digest);
}

absl::Status FaultyStore::FinishRequest(const store::RequestKey& key, ByteView answer) {
  return store_.FinishRequest(key, answer);
}

absl::Status FaultyStore::ForgetRequest(const store::RequestKey& key) {
  return store_.ForgetRequest(key);
}

}  // namespace jpkid::faults
