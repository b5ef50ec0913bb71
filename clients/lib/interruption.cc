#include "clients/lib/interruption.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/steady_time.h"

namespace jpkid::client {
namespace {

// poll takes milliseconds; rounded up so that a wait never ends early.
int PollMilliseconds(absl::Duration duration) {
  const absl::Duration bounded = std::clamp(duration, absl::ZeroDuration(), absl::Hours(1));
  return static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(bounded, absl::Milliseconds(1))));
}

}  // namespace

Interruption::Interruption() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_.valid()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Interruption::Raise() {
  const MutexLock lock(mutex_);
  if (raised_) return;
  raised_ = true;
  // Cannot fail: the counter is far from its limit.
  eventfd_write(event_.get(), 1);
  for (grpc::ClientContext* context : contexts_) context->TryCancel();
}

bool Interruption::raised() const {
  const MutexLock lock(mutex_);
  return raised_;
}

bool Interruption::WaitUntil(absl::Time time) const {
  while (true) {
    const absl::Duration left = time - SteadyNow();
    pollfd descriptor = {.fd = fd(), .events = POLLIN, .revents = 0};
    if (poll(&descriptor, 1, PollMilliseconds(left)) > 0) return true;
    if (SteadyNow() >= time) return false;
  }
}

Interruption::Cancels::Cancels(Interruption& interruption, grpc::ClientContext& context)
    : interruption_(interruption), context_(context) {
  const MutexLock lock(interruption_.mutex_);
  interruption_.contexts_.insert(&context_);
  if (interruption_.raised_) context_.TryCancel();
}

Interruption::Cancels::~Cancels() {
  const MutexLock lock(interruption_.mutex_);
  interruption_.contexts_.erase(&context_);
}

}  // namespace jpkid::client
