#include "daemon/rpc/received.h"

#include <cstdint>

#include <grpcpp/support/proto_buffer_reader.h>
#include <openssl/crypto.h>

namespace jpkid::rpc {
namespace {

// The parser copies the last octets of each slice to its own frame.
[[gnu::noinline]] void OverwriteStackBelow() {
  std::uint8_t below[8192];
  OPENSSL_cleanse(below, sizeof below);
}

[[gnu::noinline]] bool Parse(grpc::ByteBuffer& buffer, google::protobuf::Message& message) {
  grpc::ProtoBufferReader reader(&buffer);
  return reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
}

}  // namespace

Received::~Received() {
  if (!buffer_.Valid()) return;
  grpc::ProtoBufferReader reader(&buffer_);
  const void* data = nullptr;
  int size = 0;
  // The memory is gRPC's and was written by it: it is not constant, only handed out so.
  while (reader.Next(&data, &size)) {
    OPENSSL_cleanse(const_cast<void*>(data), static_cast<std::size_t>(size));
  }
}

bool Received::ParseTo(google::protobuf::Message& message) {
  const bool parsed = Parse(buffer_, message);
  OverwriteStackBelow();
  return parsed;
}

grpc::ByteBuffer ToBuffer(const google::protobuf::Message& message) {
  grpc::Slice slice(message.ByteSizeLong());
  // A slice of ours: nobody else has seen it.
  message.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace jpkid::rpc
