#include "base/periodic.h"

#include <utility>

#include "base/steady_time.h"

namespace jpkid {

Periodic::Periodic(absl::Duration interval, std::function<void()> work)
    : interval_(interval), work_(std::move(work)), thread_([this] { Run(); }) {}

Periodic::~Periodic() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

void Periodic::Run() {
  while (true) {
    work_();
    const absl::Time next = SteadyNow() + interval_;
    const MutexLock lock(mutex_);
    while (!stopping_ && changed_.WaitUntil(mutex_, next)) {
    }
    if (stopping_) return;
  }
}

}  // namespace jpkid
