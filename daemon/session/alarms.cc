#include "daemon/session/alarms.h"

#include <pthread.h>

#include "base/steady_time.h"

namespace jpkid::session {

std::shared_ptr<Alarms> Alarms::Start() {
  const std::shared_ptr<Alarms> alarms(new Alarms());
  alarms->thread_ = std::thread([alarms] { alarms->Run(); });
  return alarms;
}

std::shared_ptr<void> Alarms::Set(absl::Time when, std::function<void()> ring) {
  const MutexLock lock(mutex_);
  const Key key(when, next_++);
  set_.emplace(key, std::move(ring));
  // An alarm that was taken back may have left the thread an earlier time: it looks again then.
  if (when < asleep_until_) changed_.NotifyOne();
  return std::shared_ptr<void>(nullptr, [self = shared_from_this(), key](void*) {
    const MutexLock remove(self->mutex_);
    self->set_.erase(key);
  });
}

void Alarms::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyOne();
  }
  if (thread_.joinable()) thread_.join();
}

void Alarms::Run() {
  pthread_setname_np(pthread_self(), "alarms");
  while (true) {
    std::function<void()> ring;
    {
      const MutexLock lock(mutex_);
      if (stopping_) return;
      const absl::Time first = set_.empty() ? absl::InfiniteFuture() : set_.begin()->first.first;
      if (first > SteadyNow()) {
        asleep_until_ = first;
        changed_.WaitUntil(mutex_, first);
        asleep_until_ = absl::InfinitePast();
        continue;
      }
      ring = std::move(set_.extract(set_.begin()).mapped());
    }
    ring();
  }
}

}  // namespace jpkid::session
