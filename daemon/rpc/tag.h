#pragma once

#include "absl/functional/any_invocable.h"

namespace jpkid::rpc {

// What gRPC hands back through its completion queue when something it was asked to do is done.
class Tag {
 public:
  virtual ~Tag() = default;

  // Called once on the I/O thread. `ok` as grpc::CompletionQueue::Next gives it.
  virtual void Complete(bool ok) = 0;
};

// A tag that calls `done`, then is gone. What `done` holds lives until then.
void* NewTag(absl::AnyInvocable<void(bool) &&> done);

// `tag` as gRPC wants it.
void* AsTag(Tag& tag);

}  // namespace jpkid::rpc
