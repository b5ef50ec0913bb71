#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "absl/time/time.h"

#include "base/mutex.h"

namespace jpkid::session {

// Calls back at set times, on one thread of its own, so that a limit needs no thread that waits for
// it. Thread-safe.
class Alarms : public std::enable_shared_from_this<Alarms> {
 public:
  static std::shared_ptr<Alarms> Start();
  ~Alarms() = default;
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;

  // Calls `ring` at `when` unless the returned guard has gone by then. `ring` is brief; it may be
  // under way while the guard goes, so it holds what it touches.
  std::shared_ptr<void> Set(absl::Time when, std::function<void()> ring);

  // Ends the thread; nothing rings any more.
  void Stop();

 private:
  using Key = std::pair<absl::Time, std::uint64_t>;

  Alarms() = default;
  void Run();

  Mutex mutex_;
  CondVar changed_;
  std::map<Key, std::function<void()>> set_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time asleep_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace jpkid::session
