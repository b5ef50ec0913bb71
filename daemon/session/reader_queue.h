#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/mutex.h"
#include "daemon/session/bell.h"
#include "daemon/session/connection.h"
#include "daemon/session/session.h"
#include "daemon/session/turns.h"

namespace jpkid::session {

// One reader: who holds it, who waits, and the thread that alone touches its card. The thread
// shares ownership, so that one whose driver never returns can be left behind.
class ReaderQueue : public std::enable_shared_from_this<ReaderQueue> {
 public:
  // With its thread. Its owner calls Finish before it lets go.
  static std::shared_ptr<ReaderQueue> Start(std::shared_ptr<hal::Readers> readers,
                                            const std::string& driver_name, const Options& options,
                                            std::shared_ptr<Bell> bell);

  // As Sessions::Acquire.
  absl::StatusOr<std::unique_ptr<Lease>> Acquire(const LeaseRequest& request,
                                                 absl::FunctionRef<void(int)> on_position);

  // What others see of it.
  struct Use {
    std::string holder;
    absl::Time held_since;
    int waiting = 0;
    std::optional<absl::Time> hung_since;
  };
  Use use() const;

  // Word from the backend: the reader is there or not. Nobody waits for one that is not.
  void SetConnected(bool connected);

  // Notices what hangs at `now` though no caller waits for it.
  void LookForHang(absl::Time now);

  // Ends the waits; the thread ends after the job it is at.
  void Stop();

  // Waits for the thread's end, at most until `deadline`; then it is left behind.
  void Finish(absl::Time deadline);

 private:
  friend class TurnLease;

  struct Waiter {
    std::string reader;  // Alias.
    int position = 0;    // How many come first.
    std::optional<absl::Status> verdict;
    CondVar changed;
  };
  // One Lease::Run. Shared by caller and thread: either may be the last to leave.
  struct Call {
    LeasedCard card;
    Job job;
    absl::Time deadline;
    std::optional<absl::Status> result;
    CondVar finished;
  };
  enum class Act { kNothing, kCall, kPowerDown, kClose, kEnd };

  ReaderQueue(std::string driver_name, const Options& options, std::shared_ptr<Bell> bell);

  // The side of those who want the reader: reader_queue.cc.
  absl::Status WaitForTurn(Turns::Ticket ticket, Waiter& waiter, const LeaseRequest& request,
                           absl::FunctionRef<void(int)> on_position);
  absl::Status Run(Turns::Ticket ticket, LeasedCard& card, absl::Time deadline, Job job);
  void Release(Turns::Ticket ticket);
  absl::Status Refusal(const std::string& reader) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RefuseAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveTurn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellPositions() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Hang() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The thread's side: reader_thread.cc.
  void Work(Connection& connection);
  Act NextAct(bool open, std::shared_ptr<Call>& call);
  bool Finished(const std::shared_ptr<Call>& call, absl::Status result, bool must_clean);
  void Recover();
  void End();

  const std::string driver_name_;
  const absl::Duration idle_before_close_;
  const absl::Duration driver_limit_;
  const std::shared_ptr<Bell> bell_;  // Rung without mutex_.

  mutable Mutex mutex_;
  Turns turns_ ABSL_GUARDED_BY(mutex_);
  std::map<Turns::Ticket, Waiter*> waiters_ ABSL_GUARDED_BY(mutex_);
  absl::Time held_since_ ABSL_GUARDED_BY(mutex_);
  absl::Time free_since_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Call> call_ ABSL_GUARDED_BY(mutex_);  // Of the holder, waiting or under way.
  bool must_clean_ ABSL_GUARDED_BY(mutex_) = false;     // The card has a security state.
  bool cleaning_ ABSL_GUARDED_BY(mutex_) = false;       // Nobody's turn until it is gone.
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
