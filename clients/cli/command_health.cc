#include "clients/cli/commands.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace jpkid::cli {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

Outcome Check(const Context& context, const std::string& name) {
  HealthCheckRequest request;
  request.set_service(name);
  JPKID_ASSIGN_OR_RETURN(const HealthCheckResponse response,
                         context.daemon().Call<Health>(&Health::StubInterface::Check, request,
                                                       context.CallDeadline()));
  const std::string subject = name.empty() ? "jpkid" : name;
  const bool serves = response.status() == HealthCheckResponse::SERVING;
  JPKID_RETURN_IF_ERROR(context.Print(
      response,
      absl::StrCat(context.words()(serves ? Msg::kServing : Msg::kNotServing, subject,
                                   HealthCheckResponse::ServingStatus_Name(response.status())),
                   "\n")));
  return serves ? ExitCode::kDone : ExitCode::kUnreachable;
}

}  // namespace

void AddHealth(CommandLine& line) {
  const auto name = std::make_shared<std::string>();
  CLI::App* command =
      line.Add("health", {.run = [name](const Context& context) { return Check(context, *name); }});
  line.Option(command, "SERVICE", *name);
}

}  // namespace jpkid::cli
