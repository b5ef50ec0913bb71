#include "daemon/rpc/endpoint.h"

#include <chrono>
#include <utility>

#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>

#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rpc/status.h"

namespace jpkid::rpc {
namespace {

// So many calls can come in while the I/O thread is busy with one.
constexpr std::size_t kAwaited = 64;

void Configure(grpc::ServerBuilder& builder, const Endpoint::Limits& limits) {
  // GRPC_ARG_MINIMAL_STACK would take the filters for deadlines and message sizes away, on which we
  // rely; so what costs time is switched off one by one.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  builder.SetMaxReceiveMessageSize(limits.message_octets);
  builder.SetMaxSendMessageSize(4 * 1024 * 1024);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams_per_connection);
  // An inflated message would be a copy of its PIN that is not ours to wipe.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // A client that watches for hours may ask now and then whether the daemon is there.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
}

}  // namespace

class Endpoint::Count {
 public:
  // Kept by a call as long as it lives.
  static std::shared_ptr<void> Add(const std::shared_ptr<Count>& count) {
    const MutexLock lock(count->mutex_);
    ++count->alive_;
    return std::shared_ptr<void>(nullptr, [count](void*) { count->Remove(); });
  }

  std::size_t alive() const {
    const MutexLock lock(mutex_);
    return alive_;
  }

  // Waits until no more than `left` are alive, or `deadline`.
  void Await(std::size_t left, absl::Time deadline) {
    const MutexLock lock(mutex_);
    while (alive_ > left && changed_.WaitUntil(mutex_, deadline)) {
    }
  }

 private:
  void Remove() {
    const MutexLock lock(mutex_);
    --alive_;
    changed_.NotifyAll();
  }

  mutable Mutex mutex_;
  CondVar changed_;
  std::size_t alive_ ABSL_GUARDED_BY(mutex_) = 0;
};

absl::StatusOr<std::unique_ptr<Endpoint>> Endpoint::Create(Limits limits) {
  grpc::EnableDefaultHealthCheckService(false);  // Ours is a method like any other.
  grpc::ServerBuilder builder;
  Configure(builder, limits);
  auto service = std::make_unique<grpc::AsyncGenericService>();
  builder.RegisterAsyncGenericService(service.get());
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  std::unique_ptr<Endpoint> endpoint(new Endpoint(limits, std::move(service), std::move(queue)));
  endpoint->server_ = builder.BuildAndStart();
  if (endpoint->server_ == nullptr) return absl::InternalError("gRPC's server does not start");
  endpoint->loop_->Start();
  return endpoint;
}

Endpoint::Endpoint(Limits limits, std::unique_ptr<grpc::AsyncGenericService> service,
                   std::unique_ptr<grpc::ServerCompletionQueue> queue)
    : limits_(limits),
      service_(std::move(service)),
      loop_(std::make_unique<CompletionLoop>(std::move(queue))),
      count_(std::make_shared<Count>()) {}

Endpoint::~Endpoint() { Stop(SteadyNow()); }

void Endpoint::Start(OnCall on_call) {
  on_call_ = std::move(on_call);
  for (std::size_t i = 0; i < kAwaited; ++i) AwaitCall();
}

void Endpoint::AwaitCall() {
  Call::Await(*service_, loop_->queue(), Count::Add(count_),
              [this](std::shared_ptr<Call> call) { OnBegun(std::move(call)); });
}

void Endpoint::OnBegun(std::shared_ptr<Call> call) {
  AwaitCall();
  if (count_->alive() > limits_.calls + kAwaited) {
    call->Finish(ToGrpc(Fail(Reason::kOverloaded, {{"detail", "calls"}}), call->language()));
    return;
  }
  on_call_(call);
}

void Endpoint::Serve(UniqueFd connection) {
  grpc::AddInsecureChannelFromFd(server_.get(), connection.release());
}

void Endpoint::Stop(absl::Time deadline) {
  if (server_ == nullptr) return;
  // Not gRPC's own patience: that is for connections, too, and a client that does nothing at the
  // moment would hold the end up.
  count_->Await(kAwaited, deadline);
  server_->Shutdown(std::chrono::system_clock::now());
  // Every call ends now: gRPC has cancelled those it holds, those that work have deadlines.
  count_->Await(0, absl::InfiniteFuture());
  loop_->Stop();
  server_.reset();
}

}  // namespace jpkid::rpc
