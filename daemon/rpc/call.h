#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include "base/mutex.h"
#include "base/reason.h"
#include "daemon/rpc/received.h"
#include "daemon/rpc/tag.h"

namespace jpkid::rpc {

// One call of a client, whatever its method: what it asks, and the way to answer. It lives until
// gRPC is through with it and nobody holds it any more. One read and one write may be under way at
// a time; any thread may begin them.
class Call final : public std::enable_shared_from_this<Call> {
 public:
  // Lets `on_call` know on the I/O thread once a client calls; never where the server shuts down
  // first.
  static void Await(grpc::AsyncGenericService& service, grpc::ServerCompletionQueue& queue,
                    std::shared_ptr<void> keeper,
                    absl::AnyInvocable<void(std::shared_ptr<Call>) &&> on_call);

  explicit Call(std::shared_ptr<void> keeper) : keeper_(std::move(keeper)) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const std::string& method() const { return context_.method(); }
  std::string peer() const { return context_.peer(); }
  absl::Time deadline() const;  // As SteadyNow counts. InfiniteFuture: none.
  Language language() const;

  // Sent with the first answer.
  void AddInitialMetadata(const std::string& name, const std::string& value);

  // The next message, or nothing once the client has sent all or is gone.
  using OnMessage = absl::AnyInvocable<void(std::unique_ptr<Received>) &&>;
  void Read(OnMessage on_message);

  // Sends a message; `on_sent` is told whether there is still somebody who reads.
  void Write(const grpc::ByteBuffer& message, absl::AnyInvocable<void(bool) &&> on_sent);

  // Ends the call: with its only message, or with `status`.
  void Answer(const grpc::ByteBuffer& message);
  void Finish(const grpc::Status& status);

  // Calls `listener` on the I/O thread when the call has ended or its client is gone; at once where
  // that was already so.
  void OnGone(absl::AnyInvocable<void() &&> listener);
  bool gone() const;

 private:
  // Comes back when the call has ended, if it ever began.
  class GoneTag final : public Tag {
   public:
    void Complete(bool ok) override;
    std::shared_ptr<Call> call;
  };

  void Gone();

  const std::shared_ptr<void> keeper_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  GoneTag gone_tag_;
  mutable Mutex mutex_;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
  absl::AnyInvocable<void() &&> on_gone_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::rpc
