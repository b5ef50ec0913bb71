#include "daemon/rpc/health_service.h"

#include <optional>
#include <string>
#include <utility>

#include "base/status.h"
#include "daemon/rpc/received.h"

namespace jpkid::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

HealthCheckResponse::ServingStatus ToServing(std::optional<bool> works) {
  if (!works.has_value()) return HealthCheckResponse::SERVICE_UNKNOWN;
  return *works ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

class HealthSource final : public Source {
 public:
  HealthSource(std::shared_ptr<HealthBoard> board, std::string name)
      : board_(std::move(board)), name_(std::move(name)) {}

  void Start(Wake wake) override { subscription_ = board_->Subscribe(std::move(wake)); }

  Next Take() override {
    const HealthCheckResponse::ServingStatus now = ToServing(board_->Works(name_));
    if (told_ == now) return Nothing{};
    told_ = now;
    HealthCheckResponse response;
    response.set_status(now);
    return ToBuffer(response);
  }

 private:
  const std::shared_ptr<HealthBoard> board_;
  const std::string name_;
  std::optional<HealthCheckResponse::ServingStatus> told_;
  std::shared_ptr<void> subscription_;
};

}  // namespace

HealthService::HealthService(std::shared_ptr<HealthBoard> board, Registry& registry)
    : board_(std::move(board)) {
  registry.BindUnary("grpc.health.v1.Health.Check", Where::kAtOnce, *this, &HealthService::Check);
  registry.BindWatch<HealthCheckResponse>("grpc.health.v1.Health.Watch", Where::kAtOnce, *this,
                                          &HealthService::Watch);
}

absl::StatusOr<HealthCheckResponse> HealthService::Check(CallInfo&,
                                                         const HealthCheckRequest& request) {
  const std::optional<bool> works = board_->Works(request.service());
  // The standard wants NOT_FOUND here.
  if (!works.has_value()) return Fail(Reason::kServiceUnknown, {{"service", request.service()}});
  HealthCheckResponse response;
  response.set_status(ToServing(works));
  return response;
}

absl::StatusOr<std::unique_ptr<Source>> HealthService::Watch(CallInfo&,
                                                             const HealthCheckRequest& request) {
  return std::make_unique<HealthSource>(board_, request.service());
}

}  // namespace jpkid::rpc
