#include "daemon/session/queued_visit.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::session {

QueuedVisit::QueuedVisit(VisitRequest request, std::shared_ptr<Visitor> visitor,
                         std::shared_ptr<ReaderQueue> queue, std::shared_ptr<Alarms> alarms,
                         Look look)
    : request_(std::move(request)),
      queue_(std::move(queue)),
      alarms_(std::move(alarms)),
      look_(std::move(look)),
      visitor_(std::move(visitor)),
      card_{.reader = request_.turn.reader, .any_connection = !request_.exclusive} {}

absl::Status QueuedVisit::Begin() {
  auto insertion = std::make_shared<std::uint64_t>();
  auto call = NewCall({.job =
                           [insertion](hal::Card& card) {
                             *insertion = card.insertion();
                             return absl::OkStatus();
                           },
                       .done = nullptr});
  call->done = [weak = weak_from_this(), insertion](const absl::Status& status) {
    if (const auto self = weak.lock()) self->OnOpened(status, *insertion);
  };
  const std::shared_ptr<Demand> demand = NewDemand(std::move(call));
  {
    const MutexLock lock(mutex_);
    if (visitor_ == nullptr) return Fail(Reason::kShuttingDown);  // Ended before it began.
    demand_ = demand;
    waiting_since_ = SteadyNow();
    running_ = true;
  }
  JPKID_RETURN_IF_ERROR(queue_->Join(demand));
  Arm();
  return absl::OkStatus();
}

std::shared_ptr<Demand> QueuedVisit::NewDemand(std::shared_ptr<Call> call) {
  auto demand = std::make_shared<Demand>();
  demand->request = request_.turn;
  demand->exclusive = request_.exclusive;
  demand->wants_position = call->card.insertion == 0;  // Before the grant.
  demand->call = std::move(call);
  demand->on_news = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->OnNews();
  };
  return demand;
}

std::shared_ptr<Call> QueuedVisit::NewCall(Pending pending) {
  auto call = std::make_shared<Call>();
  {
    const MutexLock lock(mutex_);
    call->card = card_;
  }
  call->job = std::move(pending.job);
  call->limit = request_.job_limit;
  call->ends_turn = !request_.exclusive;
  call->done = [weak = weak_from_this(),
                done = std::move(pending.done)](const absl::Status& status) {
    done(status);
    if (const auto self = weak.lock()) self->OnDone(status);
  };
  return call;
}

void QueuedVisit::OnNews() {
  std::shared_ptr<Demand> demand;
  {
    const MutexLock lock(mutex_);
    if (visitor_ == nullptr) return;
    demand = demand_;
  }
  const Standing standing = queue_->StandingOf(*demand);
  if (standing.verdict && !standing.verdict->ok()) return End(*standing.verdict);
  const MutexLock lock(mutex_);
  if (visitor_ == nullptr || granted_at_ != absl::InfinitePast() || standing.verdict) return;
  visitor_->OnPosition(standing.position, standing.expected_wait);
}

void QueuedVisit::OnOpened(const absl::Status& status, std::uint64_t insertion) {
  if (!status.ok()) return End(status);
  const std::optional<hal::ReaderState> state = look_();
  {
    const MutexLock lock(mutex_);
    if (visitor_ == nullptr) return;
    card_.insertion = insertion;
    granted_at_ = idle_since_ = SteadyNow();
    running_ = false;
    const bool same = state.has_value() && state->insertion == insertion;
    visitor_->OnGranted(insertion, same ? state->atr : Bytes());
  }
  Arm();
  StartNext();
}

void QueuedVisit::Run(Job job, std::function<void(const absl::Status&)> done) {
  {
    const MutexLock lock(mutex_);
    if (visitor_ == nullptr) return;
    pending_.push_back({.job = std::move(job), .done = std::move(done)});
  }
  StartNext();
}

void QueuedVisit::StartNext() {
  std::optional<Pending> next;
  std::shared_ptr<Demand> demand;
  {
    const MutexLock lock(mutex_);
    if (visitor_ == nullptr || running_ || pending_.empty()) return;
    running_ = true;
    waiting_since_ = SteadyNow();
    next = std::move(pending_.front());
    pending_.pop_front();
    demand = demand_;
  }
  std::shared_ptr<Call> call = NewCall(*std::move(next));
  absl::Status status;
  if (request_.exclusive) {
    status = queue_->Submit(*demand, std::move(call));
  } else {
    demand = NewDemand(std::move(call));
    {
      const MutexLock lock(mutex_);
      demand_ = demand;
    }
    status = queue_->Join(demand);
    Arm();
  }
  if (!status.ok()) End(status);
}

void QueuedVisit::OnDone(const absl::Status& status) {
  if (!status.ok()) return End(status);
  {
    const MutexLock lock(mutex_);
    running_ = false;
    idle_since_ = SteadyNow();
  }
  StartNext();
  Arm();
}

void QueuedVisit::End(const absl::Status& why) { Finish(why); }

void QueuedVisit::Leave() { Finish(std::nullopt); }

void QueuedVisit::Finish(const std::optional<absl::Status>& why) {
  std::shared_ptr<Visitor> visitor;  // These two go without the lock.
  std::deque<Pending> dropped;
  std::shared_ptr<Demand> demand;
  {
    const MutexLock lock(mutex_);
    if (visitor_ == nullptr) return;
    visitor.swap(visitor_);
    dropped.swap(pending_);
    demand = demand_;
    alarm_ = nullptr;
    if (why.has_value()) visitor->OnEnded(*why);
  }
  if (demand != nullptr) queue_->Leave(demand);
}

void QueuedVisit::Saw(const hal::ReaderState& state) {
  absl::Status why;
  {
    const MutexLock lock(mutex_);
    // A job under way finds out by itself.
    if (granted_at_ == absl::InfinitePast() || running_) return;
    const std::string& reader = request_.turn.reader;
    if (state.insertion > card_.insertion) {
      why = Fail(Reason::kLeaseStale, {{"reader", reader},
                                       {"expected", absl::StrCat(card_.insertion)},
                                       {"found", absl::StrCat(state.insertion)}});
    } else if (state.presence == hal::Presence::kEmpty) {
      why = Fail(Reason::kCardRemoved, {{"reader", reader}});
    }
  }
  if (!why.ok()) End(why);
}

bool QueuedVisit::EndEarly() {
  {
    const MutexLock lock(mutex_);
    if (!request_.exclusive || granted_at_ == absl::InfinitePast() || visitor_ == nullptr) {
      return false;
    }
  }
  End(Fail(Reason::kLeaseTimeUp, {{"reader", request_.turn.reader},
                                  {"ended_by", "an operator released the reader"},
                                  {"ended_by_ja", "管理者がリーダーを解放したため"}}));
  return true;
}

std::optional<QueuedVisit::Limit> QueuedVisit::NextLimit() const {
  const bool granted = granted_at_ != absl::InfinitePast();
  if (running_ && !(granted && request_.exclusive)) {
    return Limit{waiting_since_ + request_.wait_limit, Reason::kReaderBusy};
  }
  if (!request_.exclusive) return std::nullopt;
  const Limit total = {granted_at_ + request_.total_limit, Reason::kLeaseTimeUp};
  const Limit idle = {idle_since_ + request_.idle_limit, Reason::kLeaseIdle};
  return running_ || total.at <= idle.at ? total : idle;
}

// Sets an alarm for the next limit, unless one rings before it anyway: so a busy visit sets few.
void QueuedVisit::Arm() {
  const MutexLock lock(mutex_);
  if (visitor_ == nullptr) return;
  const std::optional<Limit> limit = NextLimit();
  if (!limit || armed_for_ <= limit->at) return;
  armed_for_ = limit->at;
  alarm_ = alarms_->Set(armed_for_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->OnAlarm();
  });
}

void QueuedVisit::OnAlarm() {
  std::optional<Limit> limit;
  std::shared_ptr<Demand> demand;
  {
    const MutexLock lock(mutex_);
    armed_for_ = absl::InfiniteFuture();
    limit = NextLimit();
    demand = demand_;
  }
  if (!limit || limit->at > SteadyNow()) return Arm();
  // A turn that has come meanwhile is left alone: its job has a limit of its own.
  if (limit->reason == Reason::kReaderBusy) return queue_->Expire(demand);
  const absl::Duration length =
      limit->reason == Reason::kLeaseIdle ? request_.idle_limit : request_.total_limit;
  End(Fail(limit->reason,
           {{"reader", request_.turn.reader}, {"limit", absl::FormatDuration(length)}}));
}

}  // namespace jpkid::session
