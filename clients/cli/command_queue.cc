#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/keep_watching.h"
#include "clients/cli/names.h"
#include "clients/cli/reader_option.h"
#include "clients/cli/request_id.h"
#include "clients/cli/table.h"
#include "jpki/v1/reader_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Queue;
using jpki::v1::QueuePlace;
using jpki::v1::ReaderService;
using jpki::v1::WatchQueueRequest;
using jpki::v1::WatchQueueResponse;

std::string Seconds(const google::protobuf::Duration& duration) {
  const absl::Duration time =
      absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
  return absl::FormatDuration(absl::Trunc(time, absl::Milliseconds(100)));
}

std::string ClassOf(const Words& words, jpki::v1::Priority priority) {
  switch (priority) {
    case jpki::v1::PRIORITY_BATCH:
      return words(Msg::kClassBatch);
    case jpki::v1::PRIORITY_MONITOR:
      return words(Msg::kClassMonitor);
    default:
      return words(Msg::kClassCounter);
  }
}

std::string Text(const Words& words, const Queue& queue) {
  if (!queue.has_holder() && queue.waiting().empty()) {
    return absl::StrCat(words(Msg::kQueueEmpty), "\n");
  }
  Table table;
  table.Add({words(Msg::kQueuePlace), words(Msg::kQueueClient), words(Msg::kQueueClass),
             words(Msg::kQueueLasts), words(Msg::kQueueExpected)});
  const auto add = [&](const std::string& place, const QueuePlace& one) {
    table.Add({place, one.client(), ClassOf(words, one.priority()), Seconds(one.lasts()),
               one.has_expected_wait() ? Seconds(one.expected_wait()) : ""});
  };
  if (queue.has_holder()) add(words(Msg::kQueueHolder), queue.holder());
  int place = 0;
  for (const QueuePlace& one : queue.waiting()) add(absl::StrCat(++place), one);
  return table.Text();
}

Outcome Show(const Context& context, const std::string& option) {
  jpki::v1::GetQueueRequest request;
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, option));
  JPKID_ASSIGN_OR_RETURN(const Queue queue, context.daemon().Call<ReaderService>(
                                                &ReaderService::StubInterface::GetQueue, request,
                                                context.CallDeadline()));
  JPKID_RETURN_IF_ERROR(context.Print(queue, Text(context.words(), queue)));
  return ExitCode::kDone;
}

// Ends the exclusive session that holds the reader.
Outcome Release(const Context& context, const std::string& option) {
  jpki::v1::ReleaseReaderRequest request;
  request.set_request_id(NewRequestId());
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, option));
  JPKID_ASSIGN_OR_RETURN(
      const jpki::v1::ReleaseReaderResponse response,
      context.daemon().Call<ReaderService>(&ReaderService::StubInterface::ReleaseReader, request,
                                           context.CallDeadline()));
  const Msg told = response.released() ? Msg::kReleased : Msg::kNothingToRelease;
  JPKID_RETURN_IF_ERROR(
      context.Print(response, absl::StrCat(context.words()(told, request.reader()), "\n")));
  return ExitCode::kDone;
}

Outcome Watch(const Context& context, const std::string& option) {
  WatchQueueRequest request;
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, option));
  return KeepWatching<ReaderService, WatchQueueRequest, WatchQueueResponse>(
      context, &ReaderService::StubInterface::WatchQueue, request,
      [&](const WatchQueueResponse& response) -> absl::StatusOr<std::string> {
        if (context.stream_output() != Output::kText) return JsonLine(response.queue());
        return absl::StrCat(Text(context.words(), response.queue()), "\n");
      });
}

}  // namespace

void AddQueue(CommandLine& line) {
  const auto reader = std::make_shared<std::string>();
  const auto watch = std::make_shared<bool>(false);
  const auto release = std::make_shared<bool>(false);
  CLI::App* command = line.Add("queue", {.run = [=](const Context& context) {
                                 if (*release) return Release(context, *reader);
                                 return *watch ? Watch(context, *reader) : Show(context, *reader);
                               }});
  line.Option(command, "READER", *reader);
  CLI::Option* watching = line.Flag(command, "-w,--watch", *watch);
  line.Flag(command, "--release", *release)->excludes(watching);
}

}  // namespace jpkid::cli
