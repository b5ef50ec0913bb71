
#include "base/status.h"
#include "base/steady_time.h"
#include "tests/fakes/fake_services.h"

namespace jpkid::fakes {

using grpc::health::v1::HealthCheckResponse;

grpc::Status FakeReaderService::ListReaders(grpc::ServerContext* context,
                                            const jpki::v1::ListReadersRequest*,
                                            jpki::v1::ListReadersResponse* response) {
  const MutexLock lock(state_.mutex);
  const absl::Status status = state_.Enter(*context, "ListReaders");
  for (const jpki::v1::Reader& reader : state_.readers) *response->add_readers() = reader;
  return ToWire(status, *context);
}

grpc::Status FakeReaderService::WatchReaders(
    grpc::ServerContext* context, const jpki::v1::WatchReadersRequest*,
    grpc::ServerWriter<jpki::v1::WatchReadersResponse>* writer) {
  const MutexLock lock(state_.mutex);
  const absl::Status status = state_.Enter(*context, "WatchReaders", /*may_last_for_ever=*/true);
  if (!status.ok()) return ToWire(status, *context);
  std::uint64_t seen = 0;
  while (!state_.killed && !context->IsCancelled()) {
    if (seen != state_.readers_version) {
      seen = state_.readers_version;
      jpki::v1::WatchReadersResponse response;
      for (const jpki::v1::Reader& reader : state_.readers) *response.add_readers() = reader;
      writer->Write(response);
      state_.watched = static_cast<std::int64_t>(seen);
      state_.changed.NotifyAll();
    }
    state_.changed.WaitUntil(state_.mutex, SteadyNow() + absl::Milliseconds(50));
  }
  return grpc::Status(grpc::StatusCode::UNAVAILABLE, "killed");
}

// A session holds the reader when it is asked for the first time.
grpc::Status FakeReaderService::ReleaseReader(grpc::ServerContext* context,
                                              const jpki::v1::ReleaseReaderRequest* request,
                                              jpki::v1::ReleaseReaderResponse* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "ReleaseReader");
  if (status.ok()) status = state_.CheckReader(request->reader());
  response->set_released(state_.calls["ReleaseReader"] == 1);
  return ToWire(status, *context);
}

grpc::Status FakeHealth::Check(grpc::ServerContext* context,
                               const grpc::health::v1::HealthCheckRequest* request,
                               HealthCheckResponse* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "Check");
  if (request->service() == "store") {
    response->set_status(HealthCheckResponse::NOT_SERVING);
  } else if (request->service().empty()) {
    response->set_status(HealthCheckResponse::SERVING);
  } else if (status.ok()) {
    status = Fail(Reason::kServiceUnknown, {{"service", request->service()}});
  }
  return ToWire(status, *context);
}

}  // namespace jpkid::fakes
