#include "base/mutex.h"

#include <algorithm>
#include <chrono>

#include "base/steady_time.h"

namespace jpkid {

bool CondVar::WaitUntil(Mutex& mutex, absl::Time deadline) {
  std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
  bool in_time = true;
  if (deadline == absl::InfiniteFuture()) {
    condition_.wait(lock);
  } else {
    // Capped: a deadline decades away would overflow the nanoseconds of the steady clock.
    const absl::Duration left = std::min(deadline - SteadyNow(), absl::Hours(24));
    in_time =
        condition_.wait_for(lock, absl::ToChronoNanoseconds(left)) == std::cv_status::no_timeout ||
        SteadyNow() < deadline;
  }
  lock.release();
  return in_time;
}

}  // namespace jpkid
