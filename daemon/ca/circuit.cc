#include "daemon/ca/circuit.h"

#include <algorithm>

#include "absl/random/random.h"

#include "base/status.h"

namespace jpkid::ca {
namespace {

constexpr int kSilentBeforeOpen = 3;
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Minutes(1);

}  // namespace

absl::Status CircuitBreaker::Admit() {
  const MutexLock lock(mutex_);
  if (silent_ < kSilentBeforeOpen) return absl::OkStatus();
  if (Rests() || trying_) {
    return Fail(Reason::kCaUnavailable, {{"detail", "it was silent; it is asked again soon"}});
  }
  trying_ = true;
  return absl::OkStatus();
}

void CircuitBreaker::Answered() {
  const MutexLock lock(mutex_);
  silent_ = 0;
  trying_ = false;
}

void CircuitBreaker::Silent() {
  const MutexLock lock(mutex_);
  trying_ = false;
  if (++silent_ < kSilentBeforeOpen) return;
  pause_ = silent_ == kSilentBeforeOpen ? kFirstPause : std::min(pause_ * 2, kLongestPause);
  absl::BitGen random;
  closed_until_ = clock_.Now() + pause_ * absl::Uniform(random, 0.5, 1.0);
}

// Never for longer than was meant, whatever the clock was set to since.
bool CircuitBreaker::Rests() const {
  const absl::Duration left = closed_until_ - clock_.Now();
  return left > absl::ZeroDuration() && left <= pause_;
}

Circuit CircuitBreaker::state() const {
  const MutexLock lock(mutex_);
  if (silent_ < kSilentBeforeOpen) return Circuit::kClosed;
  return Rests() ? Circuit::kOpen : Circuit::kHalfOpen;
}

}  // namespace jpkid::ca
