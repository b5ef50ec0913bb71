#include "absl/strings/str_cat.h"

#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/keep_watching.h"
#include "clients/cli/text.h"
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

Outcome Watch(const Context& context) {
  return KeepWatching<ReaderService, WatchReadersRequest, WatchReadersResponse>(
      context, &ReaderService::StubInterface::WatchReaders, WatchReadersRequest(),
      [&](const WatchReadersResponse& response) -> absl::StatusOr<std::string> {
        if (context.stream_output() != Output::kText) return JsonLine(response);
        ListReadersResponse list;
        *list.mutable_readers() = response.readers();
        return absl::StrCat(Text(context.words(), list), "\n");
      });
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
