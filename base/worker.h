#pragma once

#include <deque>
#include <string>
#include <thread>

#include "absl/functional/any_invocable.h"

#include "base/mutex.h"

namespace jpkid {

// Something to be done once, on another thread.
using Task = absl::AnyInvocable<void() &&>;

// A bounded pool of threads for work that may block: it starts a thread when all are busy, up to
// `most_threads`, and keeps at most `most_waiting` tasks waiting. Destruction runs what is queued,
// then joins.
class WorkPool {
 public:
  struct Options {
    std::string name;  // Of its threads, at most 15 octets.
    std::size_t most_threads = 1;
    std::size_t most_waiting = 1024;
  };

  explicit WorkPool(Options options);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // False, and `task` is not run, when too much waits already or the pool is closing.
  bool Submit(Task task);

  // Takes no more tasks and waits for those it has.
  void Close();

 private:
  void Run();

  const Options options_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  std::size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace jpkid
