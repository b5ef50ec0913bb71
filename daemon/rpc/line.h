#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include "base/mutex.h"
#include "daemon/rpc/call.h"

namespace jpkid::rpc {

struct Method;

// What the daemon does in a stream that goes both ways. Called on the I/O thread, where nothing
// waits; it goes, there too, when the call has ended or its client is gone.
class Conversation {
 public:
  virtual ~Conversation() = default;

  // The client said this. The next is read once Line::ReadNext is called.
  virtual void OnMessage(google::protobuf::Message& message) = 0;

  // The client has said all it wanted to.
  virtual void OnAllSaid() = 0;
};

// A call whose messages go both ways, in any order. Messages leave one at a time, from whichever
// thread comes first. Thread-safe.
class Line final : public std::enable_shared_from_this<Line> {
 public:
  // `method` outlives it.
  Line(std::shared_ptr<Call> call, const Method& method);

  // Begins, and reads the first message. On the I/O thread.
  void Start(std::unique_ptr<Conversation> conversation);

  // Reads the next message; called once for each one read.
  void ReadNext();

  // Sends after what was sent before. Its user bounds how much waits.
  void Send(const google::protobuf::Message& message);

  // Ends the call after what was sent. What comes later is dropped.
  void End(const absl::Status& status);

 private:
  void OnRead(std::unique_ptr<Received> received);
  void Pump();
  void Sent(bool ok);

  const std::shared_ptr<Call> call_;
  const Method& method_;
  std::unique_ptr<Conversation> conversation_;  // The I/O thread's.

  Mutex mutex_;
  std::deque<grpc::ByteBuffer> unsent_ ABSL_GUARDED_BY(mutex_);
  bool sending_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;              // Nothing more is sent.
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);  // Once all is sent.
};

}  // namespace jpkid::rpc
