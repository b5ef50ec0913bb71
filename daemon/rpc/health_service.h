#pragma once

#include <memory>

#include "daemon/rpc/health_board.h"
#include "daemon/rpc/registry.h"
#include "grpc/health/v1/health.pb.h"

namespace jpkid::rpc {

// grpc.health.v1.Health, served like any other method: gRPC's own would bring threads and a queue
// of its own, and a door beside the guard.
class HealthService {
 public:
  // Outlives the registry's use.
  HealthService(std::shared_ptr<HealthBoard> board, Registry& registry);

 private:
  absl::StatusOr<grpc::health::v1::HealthCheckResponse> Check(
      CallInfo& info, const grpc::health::v1::HealthCheckRequest& request);
  absl::StatusOr<std::unique_ptr<Source>> Watch(
      CallInfo& info, const grpc::health::v1::HealthCheckRequest& request);

  const std::shared_ptr<HealthBoard> board_;
};

}  // namespace jpkid::rpc
