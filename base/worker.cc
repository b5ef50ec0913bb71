#include "base/worker.h"

#include <pthread.h>

#include <utility>

namespace jpkid {

WorkPool::WorkPool(Options options) : options_(std::move(options)) {}

WorkPool::~WorkPool() { Close(); }

bool WorkPool::Submit(Task task) {
  const MutexLock lock(mutex_);
  if (closing_ || tasks_.size() >= options_.most_waiting) return false;
  tasks_.push_back(std::move(task));
  if (tasks_.size() > idle_ && threads_.size() < options_.most_threads) {
    threads_.emplace_back([this] { Run(); });
  }
  changed_.NotifyOne();
  return true;
}

void WorkPool::Close() {
  std::deque<std::thread> threads;
  {
    const MutexLock lock(mutex_);
    closing_ = true;
    threads.swap(threads_);
  }
  changed_.NotifyAll();
  for (std::thread& thread : threads) thread.join();
}

void WorkPool::Run() {
  pthread_setname_np(pthread_self(), options_.name.substr(0, 15).c_str());
  while (true) {
    Task task;
    {
      const MutexLock lock(mutex_);
      ++idle_;
      while (tasks_.empty() && !closing_) changed_.WaitUntil(mutex_, absl::InfiniteFuture());
      --idle_;
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    std::move(task)();
  }
}

}  // namespace jpkid
