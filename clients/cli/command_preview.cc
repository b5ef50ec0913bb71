#include "clients/cli/application_options.h"
#include "clients/cli/commands.h"
#include "clients/cli/text_case.h"
#include "clients/cli/time_option.h"
#include "jpki/v1/case_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CaseService;
using jpki::v1::PreviewProcedureRequest;
using jpki::v1::Procedure;

// A refusal is an answer too.
Outcome Preview(const Context& context, const PreviewProcedureRequest& request) {
  JPKID_ASSIGN_OR_RETURN(
      const Procedure procedure,
      context.daemon().Call<CaseService>(&CaseService::StubInterface::PreviewProcedure, request,
                                         context.CallDeadline()));
  JPKID_RETURN_IF_ERROR(context.Print(procedure, Text(context.words(), procedure)));
  return ExitCode::kDone;
}

}  // namespace

void AddPreview(CommandLine& line) {
  const auto request = std::make_shared<PreviewProcedureRequest>();
  CLI::App* command = line.Add(
      "preview", {.run = [request](const Context& context) { return Preview(context, *request); }});
  AddApplication(line, command, *request->mutable_application());
  TakeTime(line, command, "--at",
           [request](const google::protobuf::Timestamp& time) { *request->mutable_time() = time; });
  line.Option(command, "--municipality", *request->mutable_municipality());
}

}  // namespace jpkid::cli
