#include "clients/cli/run_case.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "clients/cli/follow.h"
#include "clients/cli/pin_options.h"
#include "clients/cli/reader_option.h"
#include "clients/cli/request_id.h"
#include "clients/lib/backoff.h"
#include "jpki/v1/case_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CaseService;
using jpki::v1::Operation;
using jpki::v1::RunCaseRequest;

// Begins the operation. A daemon that was reached and goes away is asked again: the request id
// makes sure that it begins once.
absl::StatusOr<Operation> Begin(const Context& context, const RunCaseRequest& request,
                                absl::Time deadline) {
  client::Backoff backoff(context.daemon().interruption());
  while (true) {
    absl::StatusOr<Operation> operation = context.daemon().Call<CaseService>(
        &CaseService::StubInterface::RunCase, request, context.CallDeadline());
    const bool away = FailedFor(operation.status(), Reason::kDaemonUnreachable) ||
                      FailedFor(operation.status(), Reason::kShuttingDown);
    if (!away || !context.daemon().reached()) return operation;
    JPKID_RETURN_IF_ERROR(backoff.Pause(operation.status(), deadline));
  }
}

}  // namespace

void AddRunOptions(CommandLine& line, CLI::App* command, RunOptions& options) {
  line.Option(command, "-r,--reader", options.reader);
  line.Option(command, "--request-id", options.request_id);
  line.Flag(command, "--detach", options.detach);
  AddPinPerKind(line, command, options.pins);
}

Outcome RunCase(const Context& context, const RunOptions& options, RunCaseRequest request) {
  const absl::Time deadline = context.Deadline(Context::kWatchLimit);
  JPKID_RETURN_IF_ERROR(CheckDescriptors(context, options.pins));
  Answers answers(context, options.pins, deadline);
  JPKID_RETURN_IF_ERROR(answers.ReadFirst());
  request.set_request_id(RequestIdOr(options.request_id));
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, options.reader));
  JPKID_ASSIGN_OR_RETURN(const Operation operation, Begin(context, request, deadline));
  const std::string started =
      context.words()(Msg::kStarted, operation.name(), operation.request_id());
  if (options.detach) {
    JPKID_RETURN_IF_ERROR(context.Print(operation, absl::StrCat(started, "\n")));
    return ExitCode::kDone;
  }
  context.Tell(started);
  return Follow(context, {.operation = operation.name(), .deadline = deadline}, &answers);
}

}  // namespace jpkid::cli
