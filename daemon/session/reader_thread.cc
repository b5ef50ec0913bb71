// The thread's side of a reader; the side of those who want it is reader_queue.cc.

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/steady_time.h"
#include "daemon/session/reader_queue.h"

namespace jpkid::session {

std::shared_ptr<ReaderQueue> ReaderQueue::Start(std::shared_ptr<hal::Readers> readers,
                                                const std::string& driver_name,
                                                const Options& options, const Bells& bells) {
  const std::shared_ptr<ReaderQueue> queue(new ReaderQueue(driver_name, options, bells));
  queue->thread_ =
      std::thread([queue, connection = Connection(std::move(readers), driver_name)]() mutable {
        pthread_setname_np(pthread_self(), "reader");
        queue->Work(connection);
        queue->End();
      });
  return queue;
}

void ReaderQueue::Finish(absl::Time deadline) {
  bool ended = false;
  {
    const MutexLock lock(mutex_);
    while (!ended_ && end_.WaitUntil(mutex_, deadline)) {
    }
    ended = ended_;
  }
  if (ended) {
    thread_.join();
  } else {
    LogWarning("Reader %s: its driver does not return; its thread is left behind.", driver_name_);
    thread_.detach();
  }
}

void ReaderQueue::Work(Connection& connection) {
  while (true) {
    std::shared_ptr<Call> call;
    absl::Status result;
    const Act act = NextAct(connection.open(), call);
    switch (act) {
      case Act::kCall:
        result = connection.Run(call->card, std::move(call->job));
        break;
      case Act::kNothing:
        break;
      case Act::kPowerDown:
        connection.PowerDown();
        break;
      case Act::kForget:
        connection.Forget();
        break;
      case Act::kClose:
      case Act::kEnd:
        connection.Close();
        break;
    }
    if (act == Act::kEnd) return;
    if (!Finished(act, call, result, connection.has_security_state())) {
      connection.Close();
      Recover();
    }
  }
}

// Waits for something to do. From here to Finished the driver may hang.
ReaderQueue::Act ReaderQueue::NextAct(bool open, std::shared_ptr<Call>& call) {
  const MutexLock lock(mutex_);
  while (true) {
    const absl::Time now = SteadyNow();
    if (hung_since_) return Act::kNothing;  // Only this thread was late.
    busy_until_ = now + driver_limit_;
    if (foreign_) {
      foreign_ = false;
      return Act::kForget;
    }
    if (call_ != nullptr && call_->deadline <= now) {  // As its sender is about to find.
      Hang();
      return Act::kNothing;
    }
    if (call_ != nullptr) {
      call_->begun = true;
      call_->deadline = std::min(call_->deadline, now + call_->limit);
      busy_until_ = call_->deadline;
      call = call_;
      return Act::kCall;
    }
    if (stopping_) return Act::kEnd;
    if (cleaning_) return Act::kPowerDown;
    const absl::Time close_at =
        open && !turns_.current() ? free_since_ + idle_before_close_ : absl::InfiniteFuture();
    if (close_at <= now) return Act::kClose;
    busy_until_ = absl::InfiniteFuture();
    work_.WaitUntil(mutex_, close_at);
  }
}

// Gives the call its result and, where it was the turn's last, the next client its turn. False when
// nobody waits for it any more: the driver hung.
bool ReaderQueue::Finished(Act act, const std::shared_ptr<Call>& call, const absl::Status& result,
                           bool must_clean) {
  {
    const MutexLock lock(mutex_);
    if (hung_since_) return false;
    busy_until_ = absl::InfiniteFuture();
    must_clean_ = must_clean;
    if (call != nullptr) {
      call->result = result;
      call->finished.NotifyOne();
      call_ = nullptr;
      if (call->ends_turn) EndTurn();
    } else if (act == Act::kPowerDown) {
      cleaning_ = false;
      GiveTurn();
    } else {
      return true;
    }
  }
  if (call != nullptr && call->done != nullptr) call->done(result);
  Tell();
  return true;
}

void ReaderQueue::Recover() {
  {
    const MutexLock lock(mutex_);
    LogInfo("Reader %s: its driver has returned after %s.", driver_name_,
            absl::FormatDuration(SteadyNow() - *hung_since_));
    hung_since_.reset();
    busy_until_ = absl::InfiniteFuture();
    must_clean_ = false;
    cleaning_ = false;
    free_since_ = SteadyNow();
  }
  bells_.change->Ring();
  bells_.hardware->Ring();
}

void ReaderQueue::End() {
  const MutexLock lock(mutex_);
  ended_ = true;
  end_.NotifyAll();
}

}  // namespace jpkid::session
