#pragma once

#include <set>

#include "absl/time/time.h"
#include <grpcpp/client_context.h>

#include "base/file.h"
#include "base/mutex.h"

namespace jpkid::client {

// The user's wish to stop (Ctrl-C), which ends every wait: calls are cancelled, prompts and pauses
// see fd() readable. Raised once, never lowered. Thread-safe.
class Interruption {
 public:
  Interruption();

  void Raise();
  bool raised() const;

  // Readable from Raise on, for poll.
  int fd() const { return event_.get(); }

  // Waits until `time`. True, and earlier, when it is raised.
  bool WaitUntil(absl::Time time) const;

  // While it lives, Raise cancels `context`, which it outlives not.
  class Cancels {
   public:
    Cancels(Interruption& interruption, grpc::ClientContext& context);
    ~Cancels();
    Cancels(const Cancels&) = delete;
    Cancels& operator=(const Cancels&) = delete;

   private:
    Interruption& interruption_;
    grpc::ClientContext& context_;
  };

 private:
  const UniqueFd event_;
  mutable Mutex mutex_;
  bool raised_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<grpc::ClientContext*> contexts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::client
