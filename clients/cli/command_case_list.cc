#include "clients/cli/commands.h"
#include "clients/cli/enum_option.h"
#include "clients/cli/text_case.h"
#include "clients/cli/time_option.h"
#include "jpki/v1/case_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Case;
using jpki::v1::CaseService;
using jpki::v1::ListCasesRequest;
using jpki::v1::ListCasesResponse;

struct Options {
  ListCasesRequest request;
  int page_size = 0;
  bool all = false;
};

// One page, or one after the other to the end.
Outcome List(const Context& context, const Options& options) {
  ListCasesRequest request = options.request;
  request.set_page_size(options.page_size);
  ListCasesResponse all;
  ListCasesResponse page;
  do {
    JPKID_ASSIGN_OR_RETURN(
        page, context.daemon().Call<CaseService>(&CaseService::StubInterface::ListCases, request,
                                                 context.CallDeadline()));
    all.mutable_cases()->MergeFrom(page.cases());
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
  } while (options.all && !page.next_page_token().empty() && !page.cases().empty());
  JPKID_RETURN_IF_ERROR(context.PrintAll(all, all.cases(), Text(context.words(), all)));
  return ExitCode::kDone;
}

}  // namespace

void AddCaseList(CommandLine& line) {
  const auto options = std::make_shared<Options>();
  ListCasesRequest& request = options->request;
  CLI::App* command = line.Add(
      "case list", {.run = [options](const Context& context) { return List(context, *options); }});
  TakeEnums<Case::State>(line, command, "--state",
                         [&request](Case::State state) { request.add_states(state); });
  line.Option(command, "--card-serial", *request.mutable_card_serial());
  TakeTime(line, command, "--from", [&request](const google::protobuf::Timestamp& time) {
    *request.mutable_created_from() = time;
  });
  TakeTime(line, command, "--before", [&request](const google::protobuf::Timestamp& time) {
    *request.mutable_created_before() = time;
  });
  line.Number(command, "--page-size", options->page_size, 1, 1000);
  line.Option(command, "--page-token", *request.mutable_page_token());
  line.Flag(command, "--all", options->all);
}

}  // namespace jpkid::cli
