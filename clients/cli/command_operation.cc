#include "clients/cli/commands.h"
#include "clients/cli/follow.h"
#include "clients/cli/input.h"
#include "clients/cli/names.h"
#include "clients/cli/pin_options.h"
#include "clients/cli/request_id.h"
#include "clients/cli/text.h"
#include "jpki/v1/operation_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::ListOperationsRequest;
using jpki::v1::ListOperationsResponse;
using jpki::v1::Operation;
using jpki::v1::OperationService;

struct Options {
  std::string name;
  bool active = false;
  int limit = 50;
  std::int64_t resume_after = 0;
  bool look_on = false;
  std::string request_id;
  InputOptions input;
};

// What has become of an operation that was to be cancelled.
std::string AfterCancel(const Words& words, const Operation& operation) {
  if (!operation.has_failure()) {
    return absl::StrCat(words(Msg::kCancelTaken, operation.name()), "\n");
  }
  return absl::StrCat(
      words(Msg::kCancelDone, operation.name()), "\n",
      words(operation.failure().card_changed() ? Msg::kCardChanged : Msg::kCardUnchanged), "\n");
}

// Pages are fetched until there are as many as were asked for.
Outcome List(const Context& context, const Options& options) {
  ListOperationsResponse all;
  ListOperationsRequest request;
  request.set_active_only(options.active);
  do {
    request.set_page_size(options.limit - all.operations_size());
    JPKID_ASSIGN_OR_RETURN(
        const ListOperationsResponse page,
        context.daemon().Call<OperationService>(&OperationService::StubInterface::ListOperations,
                                                request, context.CallDeadline()));
    all.mutable_operations()->MergeFrom(page.operations());
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
  } while (!all.next_page_token().empty() && all.operations_size() < options.limit);
  JPKID_RETURN_IF_ERROR(context.PrintAll(all, all.operations(), Text(context.words(), all)));
  return ExitCode::kDone;
}

Outcome Show(const Context& context, const Options& options) {
  JPKID_ASSIGN_OR_RETURN(const Operation operation,
                         GetOperation(context, OperationName(options.name)));
  JPKID_RETURN_IF_ERROR(context.Print(operation, Text(context.words(), operation)));
  return ExitCode::kDone;
}

Outcome Watch(const Context& context, const Options& options) {
  const absl::Time deadline = context.Deadline(Context::kWatchLimit);
  JPKID_RETURN_IF_ERROR(CheckDescriptors(context, options.input.pins));
  Answers answers(context, options.input.pins, deadline);
  return Follow(context,
                {.operation = OperationName(options.name),
                 .resume_after = options.resume_after,
                 .deadline = deadline},
                options.look_on ? nullptr : &answers);
}

Outcome Give(const Context& context, const Options& options) {
  return GiveInput(context, OperationName(options.name), options.input, options.request_id);
}

Outcome Cancel(const Context& context, const Options& options) {
  jpki::v1::CancelOperationRequest request;
  request.set_name(OperationName(options.name));
  request.set_request_id(options.request_id.empty() ? NewRequestId() : options.request_id);
  JPKID_ASSIGN_OR_RETURN(
      const Operation operation,
      context.daemon().Call<OperationService>(&OperationService::StubInterface::CancelOperation,
                                              request, context.CallDeadline()));
  JPKID_RETURN_IF_ERROR(context.Print(operation, AfterCancel(context.words(), operation)));
  return ExitCode::kDone;
}

}  // namespace

void AddOperation(CommandLine& line) {
  const auto options = std::make_shared<Options>();
  // None says what a failure has done to the card: the operation alone knows.
  const auto add = [&](const std::string& name, Outcome (*run)(const Context&, const Options&)) {
    return line.Add(
        name, {.run = [options, run](const Context& context) { return run(context, *options); }});
  };
  CLI::App* list = add("operation list", List);
  line.Flag(list, "--active", options->active);
  line.Number(list, "--limit", options->limit, 1, 100000);
  CLI::App* show = add("operation show", Show);
  CLI::App* watch = add("operation watch", Watch);
  line.Number(watch, "--resume-after", options->resume_after, std::int64_t{0});
  line.Flag(watch, "--look-on", options->look_on);
  AddPinPerKind(line, watch, options->input.pins);
  CLI::App* input = add("operation input", Give);
  line.Option(input, "--input-id", options->input.id);
  line.Flag(input, "--card", options->input.card);
  AddPinPerKind(line, input, options->input.pins);
  CLI::App* cancel = add("operation cancel", Cancel);
  for (CLI::App* command : {show, watch, input, cancel}) {
    line.Option(command, "NAME", options->name)->required();
  }
  for (CLI::App* command : {input, cancel}) {
    line.Option(command, "--request-id", options->request_id);
  }
}

}  // namespace jpkid::cli
