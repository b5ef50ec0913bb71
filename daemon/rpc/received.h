#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

namespace jpkid::rpc {

// A message as it arrived. It may hold a PIN, so its octets are overwritten before gRPC gets its
// memory back: they lie in the buffers that the socket was read into, not in a copy.
class Received {
 public:
  Received() = default;
  ~Received();
  Received(const Received&) = delete;
  Received& operator=(const Received&) = delete;

  // What gRPC reads into.
  grpc::ByteBuffer& buffer() { return buffer_; }

  // Reads the message. False when it is not one of this type. What the parser leaves on the stack
  // is overwritten too.
  bool ParseTo(google::protobuf::Message& message);

 private:
  grpc::ByteBuffer buffer_;
};

// A message as it is sent.
grpc::ByteBuffer ToBuffer(const google::protobuf::Message& message);

}  // namespace jpkid::rpc
