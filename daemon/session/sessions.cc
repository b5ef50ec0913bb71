#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/session/alarms.h"
#include "daemon/session/aliases.h"
#include "daemon/session/bell.h"
#include "daemon/session/reader_queue.h"
#include "daemon/session/session.h"
#include "daemon/session/visits.h"

namespace jpkid::session {
namespace {

class AllReaders final : public Sessions {
 public:
  AllReaders(std::shared_ptr<hal::Readers> readers, Options options)
      : readers_(std::move(readers)),
        options_(std::move(options)),
        aliases_(options_.aliases),
        watcher_([this] { Watch(); }) {}
  AllReaders(const AllReaders&) = delete;
  AllReaders& operator=(const AllReaders&) = delete;
  ~AllReaders() override;

  absl::StatusOr<std::unique_ptr<Lease>> Acquire(const LeaseRequest& request,
                                                 absl::FunctionRef<void(int)> on_position) override;
  absl::StatusOr<std::unique_ptr<Visit>> Enter(const VisitRequest& request,
                                               std::shared_ptr<Visitor> visitor) override;
  absl::StatusOr<std::shared_ptr<void>> Once(
      const LeaseRequest& request, absl::Duration job_limit, Job job,
      std::function<void(const absl::Status&)> done) override;
  bool EndVisit(absl::string_view reader) override;
  ReaderStatusList List() const override;
  absl::StatusOr<QueueStatus> Queue(absl::string_view reader) const override;
  ReaderStatusList WaitForChange(std::uint64_t version, absl::Time deadline) const override {
    bells_.change->Wait(version, deadline);
    return List();
  }
  std::uint64_t WaitForHardware(std::uint64_t version, absl::Time deadline) const override {
    bells_.hardware->Wait(version, deadline);
    return bells_.hardware->version();
  }
  std::shared_ptr<void> OnChange(absl::AnyInvocable<void()> listener) override {
    return bells_.change->OnRing(std::move(listener));
  }
  std::shared_ptr<WrongPins> wrong_pins() const override { return wrong_pins_; }
  void Stop() override;

 private:
  // The reader's queue and its driver's name.
  absl::StatusOr<std::pair<std::shared_ptr<ReaderQueue>, std::string>> QueueOf(
      const LeaseRequest& request);
  absl::StatusOr<std::string> DriverNameOf(absl::string_view reader) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  ReaderStatus StatusOf(const std::string& alias, const hal::ReaderState& hardware) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::map<std::string, std::shared_ptr<ReaderQueue>> Queues() const;
  bool stopping() const;
  void Watch();
  void Look();

  const std::shared_ptr<hal::Readers> readers_;
  const Options options_;
  const Bells bells_;
  const std::shared_ptr<Alarms> alarms_ = Alarms::Start();
  const std::shared_ptr<WrongPins> wrong_pins_ = std::make_shared<WrongPins>();
  Visits visits_;

  mutable Mutex mutex_;
  mutable Aliases aliases_ ABSL_GUARDED_BY(mutex_);
  // By driver's name: the hardware may get another alias.
  std::map<std::string, std::shared_ptr<ReaderQueue>> queues_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread watcher_;
};

std::set<std::string> NamesOf(const hal::ReaderList& list) {
  std::set<std::string> names;
  for (const hal::ReaderState& reader : list.readers) names.insert(reader.name);
  return names;
}

std::optional<hal::ReaderState> StateIn(const hal::ReaderList& list, absl::string_view name) {
  const auto found = std::find_if(list.readers.begin(), list.readers.end(),
                                  [name](const hal::ReaderState& one) { return one.name == name; });
  return found == list.readers.end() ? std::nullopt : std::optional(*found);
}

AllReaders::~AllReaders() {
  Stop();
  watcher_.join();
  const absl::Time deadline = SteadyNow() + options_.driver_limit;
  for (const auto& [name, queue] : Queues()) queue->Finish(deadline);
}

absl::StatusOr<std::unique_ptr<Lease>> AllReaders::Acquire(
    const LeaseRequest& request, absl::FunctionRef<void(int)> on_position) {
  // A backend that has just started may not have looked yet.
  readers_->WaitForChange(0, std::min(request.deadline, SteadyNow() + options_.driver_limit));
  JPKID_ASSIGN_OR_RETURN(const auto queue, QueueOf(request));
  return queue.first->Acquire(request, on_position);
}

absl::StatusOr<std::unique_ptr<Visit>> AllReaders::Enter(const VisitRequest& request,
                                                         std::shared_ptr<Visitor> visitor) {
  // The visit as its owner has it: what the queue knows may outlast it.
  class Handle final : public Visit {
   public:
    explicit Handle(std::shared_ptr<QueuedVisit> visit) : visit_(std::move(visit)) {}
    Handle(const Handle&) = delete;
    ~Handle() override { visit_->Leave(); }
    void Run(Job job, std::function<void(const absl::Status&)> done) override {
      visit_->Run(std::move(job), std::move(done));
    }

   private:
    const std::shared_ptr<QueuedVisit> visit_;
  };
  JPKID_ASSIGN_OR_RETURN(const auto queue, QueueOf(request.turn));
  const auto visit = std::make_shared<QueuedVisit>(
      request, std::move(visitor), queue.first, alarms_,
      [readers = readers_, name = queue.second] { return StateIn(readers->List(), name); });
  visits_.Add(queue.second, visit);
  JPKID_RETURN_IF_ERROR(visit->Begin());
  return std::make_unique<Handle>(visit);
}

absl::StatusOr<std::shared_ptr<void>> AllReaders::Once(
    const LeaseRequest& request, absl::Duration job_limit, Job job,
    std::function<void(const absl::Status&)> done) {
  JPKID_ASSIGN_OR_RETURN(const auto found, QueueOf(request));
  const std::shared_ptr<ReaderQueue>& queue = found.first;
  const auto demand = std::make_shared<Demand>();
  demand->request = request;
  demand->exclusive = false;
  demand->wants_position = false;
  demand->call = std::make_shared<Call>();
  demand->call->card.reader = request.reader;
  demand->call->job = std::move(job);
  demand->call->limit = job_limit;
  demand->call->ends_turn = true;
  demand->call->done = done;
  demand->on_news = [queue, weak = std::weak_ptr<Demand>(demand), done = std::move(done)] {
    const std::shared_ptr<Demand> refused = weak.lock();
    if (refused != nullptr) done(queue->StandingOf(*refused).verdict.value_or(absl::OkStatus()));
  };
  JPKID_RETURN_IF_ERROR(queue->Join(demand));
  auto alarm = alarms_->Set(request.deadline, [queue, demand] { queue->Expire(demand); });
  return std::shared_ptr<void>(nullptr, [queue, demand, alarm = std::move(alarm)](void*) mutable {
    alarm = nullptr;
    queue->Leave(demand);
  });
}

bool AllReaders::EndVisit(absl::string_view reader) {
  absl::StatusOr<std::string> name;
  {
    const MutexLock lock(mutex_);
    name = DriverNameOf(reader);
  }
  return name.ok() && visits_.EndEarly(*name);
}

absl::StatusOr<std::string> AllReaders::DriverNameOf(absl::string_view reader) const {
  const hal::ReaderList list = readers_->List();
  aliases_.Update(NamesOf(list));
  const auto found = aliases_.present().find(std::string(reader));
  if (found != aliases_.present().end()) return found->second;
  if (list.version != 0 && !aliases_.Knows(reader)) {
    return Fail(Reason::kReaderUnknown, {{"reader", std::string(reader)}});
  }
  return Fail(Reason::kReaderUnavailable,
              {{"reader", std::string(reader)}, {"detail", "not connected"}});
}

absl::StatusOr<std::pair<std::shared_ptr<ReaderQueue>, std::string>> AllReaders::QueueOf(
    const LeaseRequest& request) {
  const MutexLock lock(mutex_);
  if (stopping_) return Fail(Reason::kShuttingDown);
  JPKID_ASSIGN_OR_RETURN(std::string name, DriverNameOf(request.reader));
  std::shared_ptr<ReaderQueue>& queue = queues_[name];
  if (queue == nullptr) queue = ReaderQueue::Start(readers_, name, options_, bells_);
  return std::pair(queue, std::move(name));
}

absl::StatusOr<QueueStatus> AllReaders::Queue(absl::string_view reader) const {
  std::shared_ptr<ReaderQueue> queue;
  {
    const MutexLock lock(mutex_);
    const absl::StatusOr<std::string> name = DriverNameOf(reader);
    if (FailedFor(name.status(), Reason::kReaderUnknown)) return name.status();
    const auto found = name.ok() ? queues_.find(*name) : queues_.end();
    if (found != queues_.end()) queue = found->second;
  }
  QueueStatus status = {.alias = std::string(reader), .holder = {}, .waiting = {}};
  if (queue == nullptr) return status;
  const ReaderUse use = queue->use(true);
  status.holder = use.holder;
  status.waiting = use.places;
  return status;
}

ReaderStatusList AllReaders::List() const {
  ReaderStatusList result;
  result.version = bells_.change->version();  // First: what comes later is news.
  const hal::ReaderList list = readers_->List();
  const MutexLock lock(mutex_);
  aliases_.Update(NamesOf(list));
  for (const auto& [alias, name] : aliases_.present())
    result.readers.push_back(StatusOf(alias, *StateIn(list, name)));
  return result;
}

ReaderStatus AllReaders::StatusOf(const std::string& alias,
                                  const hal::ReaderState& hardware) const {
  ReaderStatus status;
  status.alias = alias;
  status.hardware = hardware;
  const auto queue = queues_.find(hardware.name);
  if (queue == queues_.end()) return status;
  const ReaderUse use = queue->second->use(false);
  if (use.holder) {
    status.holder = use.holder->client;
    status.held_since = use.holder->since;
  }
  status.waiting = use.waiting;
  if (use.hung_since) {
    status.hardware.presence = hal::Presence::kUnavailable;
    status.hardware.detail =
        absl::StrCat("the driver has not answered since ",
                     absl::FormatTime("%H:%M:%S", FromSteady(*use.hung_since), Tokyo()));
  }
  return status;
}

void AllReaders::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    for (const auto& [name, queue] : queues_) queue->Stop();
  }
  visits_.EndAll(Fail(Reason::kShuttingDown));
  alarms_->Stop();
  bells_.change->Close();
  bells_.hardware->Close();
}

std::map<std::string, std::shared_ptr<ReaderQueue>> AllReaders::Queues() const {
  const MutexLock lock(mutex_);
  return queues_;
}

bool AllReaders::stopping() const {
  const MutexLock lock(mutex_);
  return stopping_;
}

void AllReaders::Watch() {
  std::uint64_t seen = 0;
  while (!stopping()) {
    const std::uint64_t version =
        readers_->WaitForChange(seen, SteadyNow() + options_.look_every).version;
    Look();
    if (version != seen) {
      bells_.hardware->Ring();
      bells_.change->Ring();
    }
    seen = version;
  }
}

// Brings what the backend sees to the queues, and notices drivers that hang.
void AllReaders::Look() {
  const auto queues = Queues();  // First: the list must not be older than the queues are.
  const hal::ReaderList list = readers_->List();
  for (const auto& [name, queue] : queues) {
    const std::optional<hal::ReaderState> state = StateIn(list, name);
    queue->Saw(state.has_value() ? &*state : nullptr);
    queue->LookForHang(SteadyNow());
  }
  for (const hal::ReaderState& state : list.readers) visits_.Saw(state);
}

}  // namespace

std::unique_ptr<Sessions> Sessions::Create(std::shared_ptr<hal::Readers> readers, Options options) {
  return std::make_unique<AllReaders>(std::move(readers), std::move(options));
}

}  // namespace jpkid::session
