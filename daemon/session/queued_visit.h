#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "base/mutex.h"
#include "base/reason.h"
#include "daemon/session/alarms.h"
#include "daemon/session/reader_queue.h"
#include "daemon/session/visit.h"

namespace jpkid::session {

// A visit as its reader's queue sees it: exclusive, one demand whose turn lasts; otherwise one
// demand for each job, at most one at a time. Never calls the queue with mutex_, which the queue's
// callbacks want; its visitor it calls with mutex_, which keeps these calls in order.
class QueuedVisit : public std::enable_shared_from_this<QueuedVisit> {
 public:
  // The reader's state, as last seen.
  using Look = std::function<std::optional<hal::ReaderState>()>;

  QueuedVisit(VisitRequest request, std::shared_ptr<Visitor> visitor,
              std::shared_ptr<ReaderQueue> queue, std::shared_ptr<Alarms> alarms, Look look);

  // Demands the first turn, in which the card is opened. Fails as Sessions::Acquire does at once.
  absl::Status Begin();

  // As Visit::Run.
  void Run(Job job, std::function<void(const absl::Status&)> done);

  // Ends it; the visitor is told unless that is over already.
  void End(const absl::Status& why);

  // Ends it without a word.
  void Leave();

  // The reader is in this state now: the visit may be for a card that has gone.
  void Saw(const hal::ReaderState& state);

  // Ends it as if its time were up, if it has an exclusive turn; whether it had.
  bool EndEarly();

 private:
  // What ends it next, if nothing happens before.
  struct Limit {
    absl::Time at;
    Reason reason;
  };
  struct Pending {
    Job job;
    std::function<void(const absl::Status&)> done;
  };

  std::shared_ptr<Demand> NewDemand(std::shared_ptr<Call> call);
  std::shared_ptr<Call> NewCall(Pending pending);
  void OnNews();
  void OnOpened(const absl::Status& status, std::uint64_t insertion);
  void OnDone(const absl::Status& status);
  void StartNext();
  void Arm();
  void OnAlarm();
  std::optional<Limit> NextLimit() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Finish(const std::optional<absl::Status>& why);

  const VisitRequest request_;
  const std::shared_ptr<ReaderQueue> queue_;
  const std::shared_ptr<Alarms> alarms_;
  const Look look_;

  Mutex mutex_;
  std::shared_ptr<Visitor> visitor_ ABSL_GUARDED_BY(mutex_);  // Null: it has ended.
  std::shared_ptr<Demand> demand_ ABSL_GUARDED_BY(mutex_);
  absl::Time waiting_since_ ABSL_GUARDED_BY(mutex_);
  absl::Time granted_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // Not yet.
  absl::Time idle_since_ ABSL_GUARDED_BY(mutex_);
  LeasedCard card_ ABSL_GUARDED_BY(mutex_);
  std::deque<Pending> pending_ ABSL_GUARDED_BY(mutex_);
  bool running_ ABSL_GUARDED_BY(mutex_) = false;  // A job waits for its turn or is at the card.
  absl::Time armed_for_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  std::shared_ptr<void> alarm_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::session
