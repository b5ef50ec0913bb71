#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "daemon/session/aliases.h"
#include "daemon/session/bell.h"
#include "daemon/session/reader_queue.h"
#include "daemon/session/session.h"

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
  ReaderStatusList List() const override;
  ReaderStatusList WaitForChange(std::uint64_t version, absl::Time deadline) const override {
    bell_->Wait(version, deadline);
    return List();
  }
  std::shared_ptr<void> OnChange(absl::AnyInvocable<void()> listener) override {
    return bell_->OnRing(std::move(listener));
  }
  void Stop() override;

 private:
  absl::StatusOr<std::shared_ptr<ReaderQueue>> QueueOf(const LeaseRequest& request);
  ReaderStatus StatusOf(const std::string& alias, const hal::ReaderState& hardware) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::map<std::string, std::shared_ptr<ReaderQueue>> Queues() const;
  bool stopping() const;
  void Watch();
  void Look();

  const std::shared_ptr<hal::Readers> readers_;
  const Options options_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();

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

AllReaders::~AllReaders() {
  Stop();
  watcher_.join();
  const absl::Time deadline = absl::Now() + options_.driver_limit;
  for (const auto& [name, queue] : Queues()) queue->Finish(deadline);
}

absl::StatusOr<std::unique_ptr<Lease>> AllReaders::Acquire(
    const LeaseRequest& request, absl::FunctionRef<void(int)> on_position) {
  // A backend that has just started may not have looked yet.
  readers_->WaitForChange(0, std::min(request.deadline, absl::Now() + options_.driver_limit));
  JPKID_ASSIGN_OR_RETURN(const std::shared_ptr<ReaderQueue> queue, QueueOf(request));
  return queue->Acquire(request, on_position);
}

absl::StatusOr<std::shared_ptr<ReaderQueue>> AllReaders::QueueOf(const LeaseRequest& request) {
  const hal::ReaderList list = readers_->List();
  const MutexLock lock(mutex_);
  if (stopping_) return Fail(Reason::kShuttingDown);
  aliases_.Update(NamesOf(list));
  const auto found = aliases_.present().find(request.reader);
  if (found == aliases_.present().end()) {
    if (!aliases_.Knows(request.reader)) {
      return Fail(Reason::kReaderUnknown, {{"reader", request.reader}});
    }
    return Fail(Reason::kReaderUnavailable,
                {{"reader", request.reader}, {"detail", "not connected"}});
  }
  std::shared_ptr<ReaderQueue>& queue = queues_[found->second];
  if (queue == nullptr) queue = ReaderQueue::Start(readers_, found->second, options_, bell_);
  return queue;
}

ReaderStatusList AllReaders::List() const {
  ReaderStatusList result;
  result.version = bell_->version();  // First: what comes later is news.
  const hal::ReaderList list = readers_->List();
  const MutexLock lock(mutex_);
  aliases_.Update(NamesOf(list));
  for (const auto& [alias, name] : aliases_.present()) {
    const auto hardware =
        std::find_if(list.readers.begin(), list.readers.end(),
                     [&wanted = name](const hal::ReaderState& one) { return one.name == wanted; });
    result.readers.push_back(StatusOf(alias, *hardware));
  }
  return result;
}

ReaderStatus AllReaders::StatusOf(const std::string& alias,
                                  const hal::ReaderState& hardware) const {
  ReaderStatus status;
  status.alias = alias;
  status.hardware = hardware;
  const auto queue = queues_.find(hardware.name);
  if (queue == queues_.end()) return status;
  const ReaderQueue::Use use = queue->second->use();
  status.holder = use.holder;
  status.held_since = use.held_since;
  status.waiting = use.waiting;
  if (use.hung_since) {
    status.hardware.presence = hal::Presence::kUnavailable;
    status.hardware.detail = absl::StrCat("the driver has not answered since ",
                                          absl::FormatTime("%H:%M:%S", *use.hung_since, Tokyo()));
  }
  return status;
}

void AllReaders::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    for (const auto& [name, queue] : queues_) queue->Stop();
  }
  bell_->Close();
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
        readers_->WaitForChange(seen, absl::Now() + options_.look_every).version;
    Look();
    if (version != seen) bell_->Ring();
    seen = version;
  }
}

// Brings what the backend sees to the queues, and notices drivers that hang.
void AllReaders::Look() {
  const auto queues = Queues();  // First: the list must not be older than the queues are.
  const std::set<std::string> names = NamesOf(readers_->List());
  for (const auto& [name, queue] : queues) {
    queue->SetConnected(names.count(name) > 0);
    queue->LookForHang(absl::Now());
  }
}

}  // namespace

std::unique_ptr<Sessions> Sessions::Create(std::shared_ptr<hal::Readers> readers, Options options) {
  return std::make_unique<AllReaders>(std::move(readers), std::move(options));
}

}  // namespace jpkid::session
