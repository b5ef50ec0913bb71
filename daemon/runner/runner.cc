#include "daemon/runner/runner.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

#include "base/log.h"
#include "base/mutex.h"
#include "base/periodic.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rules/rules.h"
#include "daemon/runner/beginning.h"
#include "daemon/runner/holder_record.h"
#include "daemon/runner/operation.h"
#include "daemon/runner/takeover.h"

namespace jpkid::runner {
namespace {

constexpr absl::Duration kCancelWait = absl::Seconds(30);

class RunnerImpl final : public Runner {
 public:
  RunnerImpl(const Parts& parts, Limits limits)
      : parts_(parts),
        limits_(std::move(limits)),
        takeover_(parts.store, parts.sessions, limits_.card_job) {}
  // Every job at a card has a deadline, so that this ends.
  ~RunnerImpl() override { Stop(absl::InfiniteFuture()); }

  absl::StatusOr<store::OperationRecord> Begin(const RunRequest& request) override;
  absl::StatusOr<store::OperationRecord> Provide(const std::string& id, const std::string& input_id,
                                                 Input input) override;
  absl::StatusOr<store::OperationRecord> Cancel(const std::string& id) override;
  absl::Status Resume() override;
  void Stop(absl::Time deadline) override;

 private:
  struct Active {
    std::shared_ptr<Operation> operation;
    std::thread thread;
  };

  absl::Status CheckRequest(const RunRequest& request) const;
  absl::Status TakePlace();
  void Start(store::Claimed claimed, void (Operation::*deed)() = &Operation::Run);
  void TakeUpDoubtful();
  absl::StatusOr<std::shared_ptr<Operation>> Find(const std::string& id);
  void BeatHeart();
  void TakeOver();

  const Parts parts_;
  const Limits limits_;
  Mutex mutex_;
  CondVar changed_;
  // By id and epoch: whoever lost an operation and has not noticed yet is on his way out while it
  // is taken up again.
  using Claim = std::pair<std::string, std::int64_t>;
  std::map<Claim, Active> active_ ABSL_GUARDED_BY(mutex_);
  std::size_t beginning_ ABSL_GUARDED_BY(mutex_) = 0;  // Places taken, not active yet.
  std::vector<std::thread> ended_ ABSL_GUARDED_BY(mutex_);
  // Operations whose beginning was refused by a store that may have written them all the same.
  std::vector<std::string> doubtful_ ABSL_GUARDED_BY(mutex_);
  Takeover takeover_;  // Used by the lookout's thread alone.
  std::unique_ptr<Periodic> heart_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Periodic> lookout_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

absl::Status RunnerImpl::CheckRequest(const RunRequest& request) const {
  const auto refuse = [](absl::string_view field, absl::string_view detail) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", std::string(field)}, {"detail", std::string(detail)}});
  };
  if (request.request_id.empty()) return refuse("request_id", "is needed");
  if (request.kinds.empty()) return refuse("kinds", "names no certificate");
  if (!std::is_sorted(request.kinds.begin(), request.kinds.end()) ||
      std::adjacent_find(request.kinds.begin(), request.kinds.end()) != request.kinds.end()) {
    return refuse("kinds", "names each certificate once, auth before signature");
  }
  if (request.holder && request.holder->birth_date > rules::TokyoDay(parts_.clock.Now())) {
    return refuse("holder.birth_date", "is in the future");
  }
  if (const auto found = limits_.suspended.find(request.procedure);
      found != limits_.suspended.end()) {
    return Fail(
        Reason::kOperationSuspended,
        {{"operation", std::string(rules::Name(request.procedure))}, {"detail", found->second}});
  }
  for (const session::ReaderStatus& reader : parts_.sessions.List().readers) {
    if (reader.alias == request.reader) return absl::OkStatus();
  }
  return Fail(Reason::kReaderUnknown, {{"reader", request.reader}});
}

absl::StatusOr<store::OperationRecord> RunnerImpl::Begin(const RunRequest& request) {
  // A repeat is answered, whatever was switched off or is full by now.
  JPKID_ASSIGN_OR_RETURN(std::optional<store::OperationRecord> first,
                         parts_.store.FindOperation(request.creator, request.request_id));
  if (first.has_value()) {
    TakeUpDoubtful();
    return Repeated(request, *std::move(first));
  }
  JPKID_RETURN_IF_ERROR(CheckRequest(request));
  JPKID_RETURN_IF_ERROR(TakePlace());
  const absl::Cleanup give_place_back = [this] {
    const MutexLock lock(mutex_);
    --beginning_;
  };
  const store::OperationRecord record =
      NewRecord(request, parts_.authority.training(), parts_.clock.Now());
  const std::optional<Bytes> holder =
      request.holder.has_value() ? std::optional(EncodeHolder(*request.holder)) : std::nullopt;
  absl::StatusOr<store::Claimed> claimed = parts_.store.Create(record, {}, holder);
  if (!claimed.ok()) {
    const MutexLock lock(mutex_);
    if (FailedFor(claimed.status(), Reason::kStoreUnavailable)) doubtful_.push_back(record.id());
    return claimed.status();
  }
  if (claimed->existed) {
    TakeUpDoubtful();
    return Repeated(request, std::move(claimed->record));
  }
  Start(*std::move(claimed));
  return record;
}

// For the time until the operation is among the active ones.
absl::Status RunnerImpl::TakePlace() {
  const MutexLock lock(mutex_);
  if (stopping_) return Fail(Reason::kShuttingDown);
  const std::size_t active = active_.size() + doubtful_.size() + beginning_;
  if (active >= static_cast<std::size_t>(limits_.most_active)) {
    return Fail(Reason::kOverloaded,
                {{"detail", absl::StrCat(active, " operations are under way")}});
  }
  ++beginning_;
  return absl::OkStatus();
}

// Otherwise they would stand in the store, this daemon's and moved by nobody, until its next start.
void RunnerImpl::TakeUpDoubtful() {
  std::vector<std::string> doubtful;
  {
    const MutexLock lock(mutex_);
    doubtful.swap(doubtful_);
  }
  for (const std::string& id : doubtful) {
    absl::StatusOr<store::OperationRecord> record = parts_.store.Get(id);
    if (record.ok()) {
      Start({.record = *std::move(record), .epoch = store::Claimed::kFirstEpoch});
    } else if (!FailedFor(record.status(), Reason::kOperationUnknown)) {
      const MutexLock lock(mutex_);
      doubtful_.push_back(id);
    }
  }
}

void RunnerImpl::Start(store::Claimed claimed, void (Operation::*deed)()) {
  const Claim claim = {claimed.record.id(), claimed.epoch};
  const MutexLock lock(mutex_);
  if (stopping_) return;  // The next daemon takes it up.
  if (active_.contains(claim)) return;
  for (auto& [other, active] : active_) {
    if (other.first == claim.first) active.operation->inbox().Stop();
  }
  for (std::thread& thread : ended_) thread.join();
  ended_.clear();
  auto operation = std::make_shared<Operation>(std::move(claimed), parts_, limits_);
  Active& active = active_[claim];
  active.operation = operation;
  active.thread = std::thread([this, claim, operation, deed] {
    ((*operation).*deed)();
    const MutexLock end_lock(mutex_);
    const auto found = active_.find(claim);
    ended_.push_back(std::move(found->second.thread));
    active_.erase(found);
    changed_.NotifyAll();
  });
}

absl::StatusOr<std::shared_ptr<Operation>> RunnerImpl::Find(const std::string& id) {
  // The store knows first: the thread of an ended operation may still be on its way out.
  JPKID_ASSIGN_OR_RETURN(const store::OperationRecord record, parts_.store.Get(id));
  if (record.end_time_us() != 0) return Fail(Reason::kOperationEnded, {{"operation", id}});
  const MutexLock lock(mutex_);
  // The newest claim is the one that holds.
  auto found = active_.upper_bound({id, std::numeric_limits<std::int64_t>::max()});
  if (found != active_.begin() && (--found)->first.first == id) return found->second.operation;
  return Fail(stopping_ ? Reason::kShuttingDown : Reason::kOwnershipLost);
}

absl::StatusOr<store::OperationRecord> RunnerImpl::Provide(const std::string& id,
                                                           const std::string& input_id,
                                                           Input input) {
  JPKID_ASSIGN_OR_RETURN(const std::shared_ptr<Operation> operation, Find(id));
  JPKID_ASSIGN_OR_RETURN(store::OperationRecord before, parts_.store.Get(id));
  if (auto* given = std::get_if<PinGiven>(&input)) {
    const certs::CardProfile& profile = certs::ProfileOfCard(before.card_profile());
    JPKID_ASSIGN_OR_RETURN(given->pin, rules::CheckedPin(given->kind, profile.pin(given->kind),
                                                         std::move(given->pin)));
  }
  JPKID_RETURN_IF_ERROR(operation->inbox().Give(input_id, std::move(input)));
  // It is taken, also if the store is gone now: whoever heard otherwise would give a PIN twice.
  absl::StatusOr<store::OperationRecord> after = parts_.store.Get(id);
  store::OperationRecord record = after.ok() ? *std::move(after) : std::move(before);
  // The operation's thread may not have written yet that it was given.
  *record.mutable_inputs() = operation->inbox().Missing(record.inputs());
  return record;
}

absl::StatusOr<store::OperationRecord> RunnerImpl::Cancel(const std::string& id) {
  JPKID_ASSIGN_OR_RETURN(const std::shared_ptr<Operation> operation, Find(id));
  JPKID_RETURN_IF_ERROR(operation->inbox().Cancel());
  const auto state = operation->inbox().WaitUntilCancelWritten(SteadyNow() + kCancelWait);
  if (state == Inbox::CancelState::kLeft) {
    const MutexLock lock(mutex_);
    return Fail(stopping_ ? Reason::kShuttingDown : Reason::kOwnershipLost);
  }
  return parts_.store.Get(id);
}

absl::Status RunnerImpl::Resume() {
  JPKID_RETURN_IF_ERROR(parts_.store.Heartbeat());
  JPKID_ASSIGN_OR_RETURN(std::vector<store::Claimed> unfinished, parts_.store.ClaimUnfinished());
  for (store::Claimed& claimed : unfinished) {
    LogInfo("operations/%s is taken up again at %s", claimed.record.id(), claimed.record.step());
    Start(std::move(claimed));
  }
  const MutexLock lock(mutex_);
  if (stopping_ || heart_ != nullptr) return absl::OkStatus();
  // Apart from each other: a reader that hangs must not make this daemon look dead.
  heart_ = std::make_unique<Periodic>(limits_.heartbeat, [this] { BeatHeart(); });
  lookout_ = std::make_unique<Periodic>(limits_.heartbeat, [this] { TakeOver(); });
  return absl::OkStatus();
}

void RunnerImpl::TakeOver() {
  std::vector<store::Claimed> taken;
  if (const absl::Status looked = takeover_.Look(taken); !looked.ok()) {
    LogWarning("what other daemons left is not known: %s", std::string(looked.message()));
  }
  for (store::Claimed& claimed : taken) {
    const bool had_card = !claimed.record.card_serial().empty();
    LogInfo("operations/%s is taken over: its daemon is gone, %s", claimed.record.id(),
            had_card ? "its card is here" : "it has seen no card and ends");
    Start(std::move(claimed), had_card ? &Operation::Run : &Operation::Abandon);
  }
}

void RunnerImpl::BeatHeart() {
  const absl::Status status = parts_.store.Heartbeat();
  if (!status.ok()) LogWarning("no sign of life in the store: %s", std::string(status.message()));
  TakeUpDoubtful();
}

void RunnerImpl::Stop(absl::Time deadline) {
  std::unique_ptr<Periodic> heart;
  std::unique_ptr<Periodic> lookout;
  std::vector<std::thread> ended;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
    for (auto& [id, active] : active_) active.operation->inbox().Stop();
    while (!active_.empty() && changed_.WaitUntil(mutex_, deadline)) {
    }
    heart.swap(heart_);
    lookout.swap(lookout_);
    ended.swap(ended_);
  }
  lookout = nullptr;
  heart = nullptr;
  for (std::thread& thread : ended) thread.join();
}

}  // namespace

std::unique_ptr<Runner> Runner::Create(const Parts& parts, Limits limits) {
  return std::make_unique<RunnerImpl>(parts, std::move(limits));
}

}  // namespace jpkid::runner
