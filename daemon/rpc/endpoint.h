#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include "base/file.h"
#include "base/mutex.h"
#include "daemon/rpc/call.h"
#include "daemon/rpc/completion_loop.h"

namespace jpkid::rpc {

// gRPC's server, made of one generic service: every call, whatever its method, comes out of it as a
// Call on the I/O thread.
class Endpoint {
 public:
  struct Limits {
    int message_octets = 256 * 1024;
    int streams_per_connection = 1200;
    std::size_t calls = 8192;  // Over all connections.
  };
  using OnCall = std::function<void(const std::shared_ptr<Call>&)>;

  static absl::StatusOr<std::unique_ptr<Endpoint>> Create(Limits limits);
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  CompletionLoop& loop() { return *loop_; }

  // Begins to take calls; `on_call` on the I/O thread. Beyond the limit calls are refused with
  // OVERLOADED before it.
  void Start(OnCall on_call);

  // Serves the client at the other end of a connected socket. Any thread.
  void Serve(UniqueFd connection);

  // Takes no more calls, cancels those still open at `deadline`, and returns when none is left.
  void Stop(absl::Time deadline);

 private:
  // Counts the calls that are alive.
  class Count;

  Endpoint(Limits limits, std::unique_ptr<grpc::AsyncGenericService> service,
           std::unique_ptr<grpc::ServerCompletionQueue> queue);
  void AwaitCall();
  void OnBegun(std::shared_ptr<Call> call);

  const Limits limits_;
  const std::unique_ptr<grpc::AsyncGenericService> service_;
  const std::unique_ptr<CompletionLoop> loop_;
  const std::shared_ptr<Count> count_;
  std::unique_ptr<grpc::Server> server_;
  OnCall on_call_;
};

}  // namespace jpkid::rpc
