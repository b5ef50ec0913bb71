#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/mutex.h"
#include "daemon/session/bell.h"
#include "daemon/session/demand.h"
#include "daemon/session/session.h"
#include "daemon/session/turn_lengths.h"
#include "daemon/session/turns.h"

namespace jpkid::session {

// One reader: who holds it, who waits, and the thread that alone touches its card. The thread
// shares ownership, so that one whose driver never returns can be left behind.
class ReaderQueue : public std::enable_shared_from_this<ReaderQueue> {
 public:
  // With its thread. Its owner calls Finish before it lets go.
  static std::shared_ptr<ReaderQueue> Start(std::shared_ptr<hal::Readers> readers,
                                            const std::string& driver_name, const Options& options,
                                            const Bells& bells);

  // As Sessions::Acquire.
  absl::StatusOr<std::unique_ptr<Lease>> Acquire(const LeaseRequest& request,
                                                 absl::FunctionRef<void(int)> on_position);

  // What Acquire is made of, for those who do not wait: called without locks that a Demand's or
  // Call's callbacks want. Demands a turn: fails at once as Acquire does, or the verdict tells.
  absl::Status Join(const std::shared_ptr<Demand>& demand);
  Standing StandingOf(const Demand& demand) const;
  // Runs `call` for the demand that has the turn. SHUTTING_DOWN, or READER_HUNG where the turn is
  // over; `done` is not called then.
  absl::Status Submit(const Demand& demand, std::shared_ptr<Call> call);
  // Waits no longer, or gives the turn back, after the call that has begun.
  void Leave(const std::shared_ptr<Demand>& demand);
  // Waits no longer, with READER_BUSY; a turn is kept.
  void Expire(const std::shared_ptr<Demand>& demand);

  // What others see of it; with `places` also who waits.
  ReaderUse use(bool places) const;

  // Word from the backend: nullptr where the reader is not there. Nobody waits for one that is not.
  void Saw(const hal::ReaderState* state);

  // Notices what hangs at `now` though no caller waits for it.
  void LookForHang(absl::Time now);

  // Ends the waits; the thread ends after the job it is at.
  void Stop();

  // Waits for the thread's end, at most until `deadline`; then it is left behind.
  void Finish(absl::Time deadline);

 private:
  friend class TurnLease;
  enum class Act { kNothing, kCall, kPowerDown, kForget, kClose, kEnd };

  ReaderQueue(std::string driver_name, const Options& options, Bells bells);

  // The side of those who want the reader: reader_queue.cc.
  absl::Status WaitForTurn(const std::shared_ptr<Demand>& demand,
                           absl::FunctionRef<void(int)> on_position);
  absl::Status Run(const Demand& demand, LeasedCard& card, absl::Time deadline, Job job);
  absl::Status Refusal(const std::string& reader) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Decide(Demand& demand, absl::Status verdict) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RefuseAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndTurn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveTurn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellPositions() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Hang() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Calls whoever has to know what was decided, and rings. Without mutex_.
  void Tell();

  // The thread's: reader_thread.cc.
  void Work(Connection& connection);
  Act NextAct(bool open, std::shared_ptr<Call>& call);
  bool Finished(Act act, const std::shared_ptr<Call>& call, const absl::Status& result,
                bool must_clean);
  void Recover();
  void End();

  const std::string driver_name_;
  const absl::Duration idle_before_close_;
  const absl::Duration driver_limit_;
  const Bells bells_;  // Rung without mutex_.

  mutable Mutex mutex_;
  Turns turns_ ABSL_GUARDED_BY(mutex_);
  TurnLengths lengths_ ABSL_GUARDED_BY(mutex_);
  std::map<Turns::Ticket, std::shared_ptr<Demand>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Demand> holder_ ABSL_GUARDED_BY(mutex_);  // Of turns_.current().
  absl::Time held_since_ ABSL_GUARDED_BY(mutex_);
  absl::Time free_since_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Call> call_ ABSL_GUARDED_BY(mutex_);  // Of the holder, waiting or under way.
  std::vector<std::function<void()>> news_ ABSL_GUARDED_BY(mutex_);  // To be called by Tell.
  bool must_clean_ ABSL_GUARDED_BY(mutex_) = false;  // The card has a security state.
  bool cleaning_ ABSL_GUARDED_BY(mutex_) = false;    // Nobody's turn until it is gone.
  bool foreign_ ABSL_GUARDED_BY(mutex_) = false;     // A foreign program has used the card.
  bool connected_ ABSL_GUARDED_BY(mutex_) = true;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time busy_until_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();  // After it: it hangs.
  std::optional<absl::Time> hung_since_ ABSL_GUARDED_BY(mutex_);
  CondVar work_;  // For the thread: look again.
  CondVar end_;
  std::thread thread_;  // The owner's.
};

}  // namespace jpkid::session
