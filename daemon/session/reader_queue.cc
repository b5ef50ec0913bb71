// The side of those who want the reader; the thread's side is reader_thread.cc.

#include "daemon/session/reader_queue.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "base/log.h"
#include "base/status.h"

namespace jpkid::session {

// The turn as its holder sees it.
class TurnLease final : public Lease {
 public:
  TurnLease(std::shared_ptr<ReaderQueue> queue, Turns::Ticket ticket, std::string reader)
      : queue_(std::move(queue)), ticket_(ticket), card_{.reader = std::move(reader)} {}
  TurnLease(const TurnLease&) = delete;
  TurnLease& operator=(const TurnLease&) = delete;
  ~TurnLease() override { queue_->Release(ticket_); }

  absl::Status Run(absl::Time deadline, Job job) override {
    return queue_->Run(ticket_, card_, deadline, std::move(job));
  }

  std::uint64_t insertion() const override { return card_.insertion; }

 private:
  const std::shared_ptr<ReaderQueue> queue_;
  const Turns::Ticket ticket_;
  LeasedCard card_;
};

ReaderQueue::ReaderQueue(std::string driver_name, const Options& options,
                         std::shared_ptr<Bell> bell)
    : driver_name_(std::move(driver_name)),
      idle_before_close_(options.idle_before_close),
      driver_limit_(options.driver_limit),
      bell_(std::move(bell)),
      turns_({.in_all = options.most_waiting, .per_client = options.most_waiting_per_client}) {}

absl::StatusOr<std::unique_ptr<Lease>> ReaderQueue::Acquire(
    const LeaseRequest& request, absl::FunctionRef<void(int)> on_position) {
  Waiter waiter;
  waiter.reader = request.reader;
  std::optional<Turns::Ticket> ticket;
  {
    const MutexLock lock(mutex_);
    JPKID_RETURN_IF_ERROR(Refusal(request.reader));
    ticket = turns_.Join(request.priority, request.client);
    if (!ticket) {
      return Fail(Reason::kOverloaded,
                  {{"detail", absl::StrCat(turns_.size(), " wait for reader ", request.reader)}});
    }
    waiters_[*ticket] = &waiter;
    GiveTurn();
  }
  bell_->Ring();
  const absl::Status granted = WaitForTurn(*ticket, waiter, request, on_position);
  if (granted.ok()) {
    return std::make_unique<TurnLease>(shared_from_this(), *ticket, request.reader);
  }
  bell_->Ring();
  return granted;
}

absl::Status ReaderQueue::WaitForTurn(Turns::Ticket ticket, Waiter& waiter,
                                      const LeaseRequest& request,
                                      absl::FunctionRef<void(int)> on_position) {
  int told = 0;
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (!waiter.verdict && waiter.position == told) {
        if (waiter.changed.WaitUntil(mutex_, request.deadline) || waiter.verdict) continue;
        turns_.Leave(ticket);
        waiters_.erase(ticket);
        TellPositions();
        return Fail(Reason::kReaderBusy,
                    {{"reader", request.reader}, {"holder", std::string(turns_.current_client())}});
      }
      if (waiter.verdict) return *waiter.verdict;
      told = waiter.position;
    }
    on_position(told);
  }
}

absl::Status ReaderQueue::Run(Turns::Ticket ticket, LeasedCard& card, absl::Time deadline,
                              Job job) {
  const auto call = std::make_shared<Call>();
  call->card = card;
  call->job = std::move(job);
  call->deadline = deadline;
  {
    const MutexLock lock(mutex_);
    if (turns_.current() != ticket) return Fail(Reason::kReaderHung, {{"reader", card.reader}});
    if (stopping_) return Fail(Reason::kShuttingDown);
    call_ = call;
    work_.NotifyOne();
    while (!call->result && turns_.current() == ticket) {
      if (absl::Now() >= deadline) {
        Hang();
      } else {
        call->finished.WaitUntil(mutex_, deadline);
      }
    }
    if (call->result) {
      card = call->card;
      return *call->result;
    }
  }
  bell_->Ring();
  return Fail(Reason::kReaderHung, {{"reader", card.reader}});
}

void ReaderQueue::Release(Turns::Ticket ticket) {
  {
    const MutexLock lock(mutex_);
    if (turns_.current() != ticket) return;
    turns_.Done();
    free_since_ = absl::Now();
    cleaning_ = must_clean_;
    GiveTurn();
    if (!turns_.current()) work_.NotifyOne();
  }
  bell_->Ring();
}

ReaderQueue::Use ReaderQueue::use() const {
  const MutexLock lock(mutex_);
  return {.holder = std::string(turns_.current_client()),
          .held_since = held_since_,
          .waiting = static_cast<int>(turns_.size()),
          .hung_since = hung_since_};
}

void ReaderQueue::SetConnected(bool connected) {
  const MutexLock lock(mutex_);
  connected_ = connected;
  if (!connected_) RefuseAll();
}

void ReaderQueue::LookForHang(absl::Time now) {
  {
    const MutexLock lock(mutex_);
    if (now <= busy_until_) return;
    Hang();
  }
  bell_->Ring();
}

void ReaderQueue::Stop() {
  const MutexLock lock(mutex_);
  stopping_ = true;
  RefuseAll();
  work_.NotifyOne();
}

absl::Status ReaderQueue::Refusal(const std::string& reader) const {
  if (stopping_) return Fail(Reason::kShuttingDown);
  if (hung_since_) return Fail(Reason::kReaderHung, {{"reader", reader}});
  if (!connected_) {
    return Fail(Reason::kReaderUnavailable, {{"reader", reader}, {"detail", "not connected"}});
  }
  return absl::OkStatus();
}

void ReaderQueue::RefuseAll() {
  for (auto& [ticket, waiter] : waiters_) {
    turns_.Leave(ticket);
    waiter->verdict = Refusal(waiter->reader);
    waiter->changed.NotifyOne();
  }
  waiters_.clear();
}

void ReaderQueue::GiveTurn() {
  if (!cleaning_ && !hung_since_ && !turns_.current()) {
    if (const std::optional<Turns::Ticket> next = turns_.Next()) {
      held_since_ = absl::Now();
      const auto waiter = waiters_.extract(*next).mapped();
      waiter->verdict = absl::OkStatus();
      waiter->changed.NotifyOne();
    }
  }
  TellPositions();
}

void ReaderQueue::TellPositions() {
  int position = turns_.current() ? 1 : 0;
  for (const Turns::Ticket ticket : turns_.Order()) {
    Waiter& waiter = *waiters_.at(ticket);
    if (waiter.position != position) {
      waiter.position = position;
      waiter.changed.NotifyOne();
    }
    ++position;
  }
}

// The turn is over and the next one only comes when the driver has returned.
void ReaderQueue::Hang() {
  LogWarning("Reader %s: its driver does not answer; it is set aside.", driver_name_);
  hung_since_ = absl::Now();
  busy_until_ = absl::InfiniteFuture();
  turns_.Done();
  if (call_ != nullptr) call_->finished.NotifyOne();
  call_ = nullptr;
  RefuseAll();
}

}  // namespace jpkid::session
