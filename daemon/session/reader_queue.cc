// The side of those who want the reader; the thread's side is reader_thread.cc.

#include "daemon/session/reader_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::session {

// The turn as its holder sees it.
class TurnLease final : public Lease {
 public:
  TurnLease(std::shared_ptr<ReaderQueue> queue, std::shared_ptr<Demand> demand)
      : queue_(std::move(queue)),
        demand_(std::move(demand)),
        card_{.reader = demand_->request.reader} {}
  TurnLease(const TurnLease&) = delete;
  TurnLease& operator=(const TurnLease&) = delete;
  ~TurnLease() override { queue_->Leave(demand_); }

  absl::Status Run(absl::Time deadline, Job job) override {
    return queue_->Run(*demand_, card_, deadline, std::move(job));
  }

  std::uint64_t insertion() const override { return card_.insertion; }

 private:
  const std::shared_ptr<ReaderQueue> queue_;
  const std::shared_ptr<Demand> demand_;
  LeasedCard card_;
};

ReaderQueue::ReaderQueue(std::string driver_name, const Options& options, Bells bells)
    : driver_name_(std::move(driver_name)),
      idle_before_close_(options.idle_before_close),
      driver_limit_(options.driver_limit),
      bells_(std::move(bells)),
      turns_({.in_all = options.most_waiting, .per_client = options.most_waiting_per_client}) {}

absl::StatusOr<std::unique_ptr<Lease>> ReaderQueue::Acquire(
    const LeaseRequest& request, absl::FunctionRef<void(int)> on_position) {
  const auto demand = std::make_shared<Demand>();
  demand->request = request;
  JPKID_RETURN_IF_ERROR(Join(demand));
  std::shared_ptr<void> withdrawal;
  if (request.on_withdrawn) {
    withdrawal =
        request.on_withdrawn([self = shared_from_this(), demand] { self->Expire(demand); });
  }
  JPKID_RETURN_IF_ERROR(WaitForTurn(demand, on_position));
  return std::make_unique<TurnLease>(shared_from_this(), demand);
}

absl::Status ReaderQueue::WaitForTurn(const std::shared_ptr<Demand>& demand,
                                      absl::FunctionRef<void(int)> on_position) {
  int told = 0;
  while (true) {
    bool late = false;
    {
      const MutexLock lock(mutex_);
      while (!demand->verdict && demand->position == told && !late) {
        late = !demand->changed.WaitUntil(mutex_, demand->request.deadline);
      }
      if (demand->verdict) return *demand->verdict;
      told = demand->position;
    }
    if (late) {
      Expire(demand);
    } else {
      on_position(told);
    }
  }
}

absl::Status ReaderQueue::Join(const std::shared_ptr<Demand>& demand) {
  {
    const MutexLock lock(mutex_);
    const LeaseRequest& request = demand->request;
    JPKID_RETURN_IF_ERROR(Refusal(request.reader));
    const auto ticket = turns_.Join(request.priority, request.client);
    if (!ticket) {
      return Fail(Reason::kOverloaded,
                  {{"detail", absl::StrCat(turns_.size(), " wait for reader ", request.reader)}});
    }
    demand->ticket = *ticket;
    demand->since = SteadyNow();
    waiting_[*ticket] = demand;
    GiveTurn();
  }
  Tell();
  return absl::OkStatus();
}

absl::Status ReaderQueue::Submit(const Demand& demand, std::shared_ptr<Call> call) {
  const MutexLock lock(mutex_);
  if (turns_.current() != demand.ticket) {
    return Fail(Reason::kReaderHung, {{"reader", demand.request.reader}});
  }
  if (stopping_) return Fail(Reason::kShuttingDown);
  call_ = std::move(call);
  work_.NotifyOne();
  return absl::OkStatus();
}

absl::Status ReaderQueue::Run(const Demand& demand, LeasedCard& card, absl::Time deadline,
                              Job job) {
  const auto call = std::make_shared<Call>();
  call->card = card;
  call->job = std::move(job);
  call->deadline = deadline;
  JPKID_RETURN_IF_ERROR(Submit(demand, call));
  {
    const MutexLock lock(mutex_);
    while (!call->result) {
      if (SteadyNow() >= deadline) {
        Hang();
      } else {
        call->finished.WaitUntil(mutex_, deadline);
      }
    }
    if (turns_.current() == demand.ticket) {  // Else the thread may be at the card still.
      card = call->card;
      return *call->result;
    }
  }
  Tell();
  return *call->result;
}

void ReaderQueue::Leave(const std::shared_ptr<Demand>& demand) {
  {
    const MutexLock lock(mutex_);
    if (waiting_.erase(demand->ticket) > 0) {
      turns_.Leave(demand->ticket);
      TellPositions();
    } else if (holder_ == demand) {
      if (call_ != nullptr && call_->begun) {
        call_->ends_turn = true;
        return;
      }
      call_ = nullptr;
      EndTurn();
    } else {
      return;
    }
  }
  Tell();
}

void ReaderQueue::Expire(const std::shared_ptr<Demand>& demand) {
  {
    const MutexLock lock(mutex_);
    if (waiting_.erase(demand->ticket) == 0) return;
    turns_.Leave(demand->ticket);
    Decide(*demand, Fail(Reason::kReaderBusy, {{"reader", demand->request.reader},
                                               {"holder", std::string(turns_.current_client())}}));
    TellPositions();
  }
  Tell();
}

void ReaderQueue::Saw(const hal::ReaderState* state) {
  {
    const MutexLock lock(mutex_);
    connected_ = state != nullptr;
    if (!connected_) RefuseAll();
    if (connected_ && state->presence == hal::Presence::kElsewhere && !foreign_) {
      foreign_ = true;
      work_.NotifyOne();
    }
  }
  Tell();
}

void ReaderQueue::LookForHang(absl::Time now) {
  {
    const MutexLock lock(mutex_);
    if (now <= busy_until_) return;
    Hang();
  }
  Tell();
}

void ReaderQueue::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    RefuseAll();
    work_.NotifyOne();
  }
  Tell();
}

absl::Status ReaderQueue::Refusal(const std::string& reader) const {
  if (stopping_) return Fail(Reason::kShuttingDown);
  if (hung_since_) return Fail(Reason::kReaderHung, {{"reader", reader}});
  if (!connected_) {
    return Fail(Reason::kReaderUnavailable, {{"reader", reader}, {"detail", "not connected"}});
  }
  return absl::OkStatus();
}

void ReaderQueue::Decide(Demand& demand, absl::Status verdict) {
  demand.verdict = std::move(verdict);
  demand.changed.NotifyOne();
  // A call tells of its turn by itself.
  const bool told = demand.verdict->ok() && demand.call != nullptr;
  if (demand.on_news != nullptr && !told) news_.push_back(demand.on_news);
}

void ReaderQueue::RefuseAll() {
  for (auto& [ticket, demand] : waiting_) {
    turns_.Leave(ticket);
    Decide(*demand, Refusal(demand->request.reader));
  }
  waiting_.clear();
}

void ReaderQueue::EndTurn() {
  const absl::Time now = SteadyNow();
  turns_.Done();
  lengths_.Add(now - held_since_);
  holder_ = nullptr;
  free_since_ = now;
  cleaning_ = must_clean_;
  GiveTurn();
  if (!turns_.current()) work_.NotifyOne();
}

void ReaderQueue::GiveTurn() {
  if (!cleaning_ && !hung_since_ && !turns_.current()) {
    if (const std::optional<Turns::Ticket> next = turns_.Next()) {
      held_since_ = SteadyNow();
      holder_ = waiting_.extract(*next).mapped();
      call_ = holder_->call;
      if (call_ != nullptr) work_.NotifyOne();
      Decide(*holder_, absl::OkStatus());
    }
  }
  TellPositions();
}

void ReaderQueue::TellPositions() {
  const auto wants = [](const auto& one) { return one.second->wants_position; };
  if (std::none_of(waiting_.begin(), waiting_.end(), wants)) return;
  int position = turns_.current() ? 1 : 0;
  for (const Turns::Ticket ticket : turns_.Order()) {
    Demand& demand = *waiting_.at(ticket);
    if (demand.position != position) {
      demand.position = position;
      demand.changed.NotifyOne();
      if (demand.on_news != nullptr && demand.wants_position) news_.push_back(demand.on_news);
    }
    ++position;
  }
}

// The turn is over and the next one only comes when the driver has returned.
void ReaderQueue::Hang() {
  LogWarning("Reader %s: its driver does not answer; it is set aside.", driver_name_);
  hung_since_ = SteadyNow();
  busy_until_ = absl::InfiniteFuture();
  turns_.Done();
  if (call_ != nullptr) {
    call_->result = Fail(Reason::kReaderHung, {{"reader", holder_->request.reader}});
    call_->finished.NotifyOne();
    if (call_->done != nullptr) {
      news_.push_back([call = call_, hung = *call_->result] { call->done(hung); });
    }
  }
  holder_ = nullptr;
  call_ = nullptr;
  RefuseAll();
}

void ReaderQueue::Tell() {
  std::vector<std::function<void()>> news;
  bool hung = false;
  {
    const MutexLock lock(mutex_);
    news.swap(news_);
    hung = hung_since_.has_value();
  }
  for (const std::function<void()>& each : news) each();
  bells_.change->Ring();
  if (hung) bells_.hardware->Ring();
}

}  // namespace jpkid::session
