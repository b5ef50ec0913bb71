#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

#include "base/mutex.h"

namespace jpkid::session {

// Tells that the list of readers has changed. Thread-safe. Whoever rings holds no lock that a
// listener might want.
class Bell : public std::enable_shared_from_this<Bell> {
 public:
  void Ring();

  // How often it has rung.
  std::uint64_t version() const;

  // Waits until it has rung since `version`, or `deadline`, or Close.
  void Wait(std::uint64_t version, absl::Time deadline) const;

  // Calls `listener` at each Ring, on the ringing thread, until the guard goes; not after: the
  // guard waits for a call under way.
  std::shared_ptr<void> OnRing(absl::AnyInvocable<void()> listener);

  // Ends every wait, now and later.
  void Close();

 private:
  mutable Mutex mutex_;
  mutable CondVar rung_;
  std::uint64_t version_ ABSL_GUARDED_BY(mutex_) = 1;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;

  Mutex listeners_mutex_;  // Held while they are called.
  std::uint64_t next_key_ ABSL_GUARDED_BY(listeners_mutex_) = 1;
  std::map<std::uint64_t, absl::AnyInvocable<void()>> listeners_ ABSL_GUARDED_BY(listeners_mutex_);
};

// Those of a daemon. Turns change far more often than hardware does.
struct Bells {
  std::shared_ptr<Bell> change = std::make_shared<Bell>();    // Anything others see.
  std::shared_ptr<Bell> hardware = std::make_shared<Bell>();  // What works and what hangs.
};

}  // namespace jpkid::session
