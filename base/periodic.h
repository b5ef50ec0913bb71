#pragma once

#include <functional>
#include <thread>

#include "absl/time/time.h"

#include "base/mutex.h"

namespace jpkid {

// The same work again and again, on a thread of its own: at once, then `interval` after it was
// done the last time. Destruction waits for work that is under way.
class Periodic {
 public:
  Periodic(absl::Duration interval, std::function<void()> work);
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  void Run();

  const absl::Duration interval_;
  const std::function<void()> work_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace jpkid
