#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/text.h"
#include "clients/lib/backoff.h"
#include "clients/lib/failure.h"
#include "jpki/v1/reader_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::ListReadersRequest;
using jpki::v1::ListReadersResponse;
using jpki::v1::ReaderService;
using jpki::v1::WatchReadersRequest;
using jpki::v1::WatchReadersResponse;

Outcome List(const Context& context) {
  JPKID_ASSIGN_OR_RETURN(
      const ListReadersResponse response,
      context.daemon().Call<ReaderService>(&ReaderService::StubInterface::ListReaders,
                                           ListReadersRequest(), context.CallDeadline()));
  JPKID_RETURN_IF_ERROR(
      context.PrintAll(response, response.readers(), Text(context.words(), response)));
  return ExitCode::kDone;
}

absl::Status Show(const Context& context, const WatchReadersResponse& response) {
  if (context.stream_output() == Output::kText) {
    ListReadersResponse list;
    *list.mutable_readers() = response.readers();
    context.console().out << Text(context.words(), list) << std::endl;
    return absl::OkStatus();
  }
  JPKID_ASSIGN_OR_RETURN(const std::string line, JsonLine(response));
  context.console().out << line << std::flush;
  return absl::OkStatus();
}

// Until the user has seen enough, through restarts of the daemon.
Outcome Watch(const Context& context) {
  const absl::Time deadline = context.Deadline(absl::InfiniteDuration());
  client::Backoff backoff(context.daemon().interruption());
  bool away = false;
  while (true) {
    absl::Status shown;
    absl::Status status =
        context.daemon().Stream<ReaderService, WatchReadersRequest, WatchReadersResponse>(
            &ReaderService::StubInterface::WatchReaders, WatchReadersRequest(), deadline,
            [&](const WatchReadersResponse& response) {
              backoff.Reset();
              away = false;
              shown = Show(context, response);
              return shown.ok() && context.console().out.good();
            });
    JPKID_RETURN_IF_ERROR(shown);
    if (!context.console().out.good()) return ExitCode::kDone;
    if (status.ok()) status = Fail(Reason::kShuttingDown);
    if (!context.daemon().reached() || !client::DaemonAway(status)) return status;
    if (!away) {
      context.Tell(
          context.words()(Msg::kAway, client::Explain(status, context.words().language()).message));
    }
    away = true;
    JPKID_RETURN_IF_ERROR(backoff.Pause(status, deadline));
  }
}

}  // namespace

void AddReaders(CommandLine& line) {
  const auto watch = std::make_shared<bool>(false);
  CLI::App* command = line.Add("readers", {.run = [watch](const Context& context) {
                                 return *watch ? Watch(context) : List(context);
                               }});
  line.Flag(command, "-w,--watch", *watch);
}

}  // namespace jpkid::cli
