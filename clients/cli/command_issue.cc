#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/follow.h"
#include "clients/cli/kind_option.h"
#include "clients/cli/names.h"
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

struct Options {
  std::string reader;
  std::vector<jpki::v1::CertificateKind> kinds;
  std::string request_id;
  std::string holder;
  bool detach = false;
  PinDescriptors pins;
};

absl::StatusOr<RunCaseRequest> MakeRequest(const Context& context, const Options& options) {
  RunCaseRequest request;
  request.set_type(Operation::TYPE_ISSUE);
  request.set_applicant(jpki::v1::APPLICANT_HOLDER);
  for (const auto kind : options.kinds) request.add_kinds(kind);
  if (!options.holder.empty()) {
    JPKID_RETURN_IF_ERROR(ReadMessage(context, options.holder, *request.mutable_holder()));
  }
  request.set_request_id(options.request_id.empty() ? NewRequestId() : options.request_id);
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, options.reader));
  return request;
}

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

Outcome Issue(const Context& context, const Options& options) {
  const absl::Time deadline = context.Deadline(Context::kWatchLimit);
  JPKID_RETURN_IF_ERROR(CheckDescriptors(context, options.pins));
  Answers answers(context, options.pins, deadline);
  JPKID_RETURN_IF_ERROR(answers.ReadFirst());
  JPKID_ASSIGN_OR_RETURN(const RunCaseRequest request, MakeRequest(context, options));
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

}  // namespace

void AddIssue(CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = line.Add(
      "issue", {.run = [options](const Context& context) { return Issue(context, *options); },
                .card = CardUse::kChanges});
  line.Option(command, "-r,--reader", options->reader);
  AddKinds(line, command, options->kinds);
  line.Option(command, "--request-id", options->request_id);
  line.Option(command, "--holder", options->holder);
  line.Flag(command, "--detach", options->detach);
  AddPinPerKind(line, command, options->pins);
}

}  // namespace jpkid::cli
