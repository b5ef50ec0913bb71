#pragma once

#include <functional>
#include <variant>

#include "absl/status/status.h"
#include <grpcpp/support/byte_buffer.h>

namespace jpkid::rpc {

// Tells a stream that its source may have something new. Any thread may call it, at any time, also
// after the stream has ended; it only leaves word with the I/O thread.
using Wake = std::function<void()>;

// What a server stream tells. It is asked for the next message when the previous one has left, so a
// slow client holds up one message and nobody else. Used on the I/O thread alone: nothing waits.
class Source {
 public:
  virtual ~Source() = default;

  // Nothing yet: the stream asks again when woken.
  struct Nothing {};
  // The stream ends with this status.
  struct End {
    absl::Status status;
  };
  using Next = std::variant<Nothing, grpc::ByteBuffer, End>;

  // Begins; `wake` from now on. Called once, before Take.
  virtual void Start(Wake wake) = 0;

  virtual Next Take() = 0;
};

}  // namespace jpkid::rpc
