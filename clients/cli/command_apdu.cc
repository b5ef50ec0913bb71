#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

#include "base/bytes.h"
#include "clients/cli/commands.h"
#include "clients/cli/file_reader.h"
#include "clients/cli/json.h"
#include "clients/cli/reader_option.h"
#include "jpki/v1/reader_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::AcquireReader;
using jpki::v1::OpenSessionRequest;
using jpki::v1::OpenSessionResponse;
using jpki::v1::ReaderService;
using Stream = grpc::ClientReaderWriterInterface<OpenSessionRequest, OpenSessionResponse>;

struct ApduOptions {
  std::string reader;
  std::vector<std::string> commands;
  bool exclusive = false;
};

absl::StatusOr<OpenSessionRequest> Batch(const std::vector<std::string>& commands) {
  OpenSessionRequest request;
  for (const std::string& command : commands) {
    const absl::StatusOr<Bytes> octets = FromHex(command);
    if (!octets.ok()) {
      return Fail(Reason::kArgumentInvalid, {{"field", command}, {"detail", "not hexadecimal"}});
    }
    request.mutable_batch()->add_commands(octets->data(), octets->size());
  }
  return request;
}

// Shows the answers in hexadecimal, each when it comes; in JSON whatever the daemon says: a line
// each, or one array at the end, which a script reads as one document.
class SessionView {
 public:
  explicit SessionView(const Context& context) : context_(context) {}

  absl::Status Show(const OpenSessionResponse& response) {
    if (context_.output() == Output::kJson) {
      JPKID_ASSIGN_OR_RETURN(const std::string json, PrettyJson(response));
      documents_.emplace_back(absl::StripTrailingAsciiWhitespace(json));
      return absl::OkStatus();
    }
    std::string line;
    for (const std::string& answer : response.answer().answers()) {
      absl::StrAppend(&line, line.empty() ? "" : " ", ToHex(AsBytes(answer)));
    }
    JPKID_RETURN_IF_ERROR(context_.Print(response, response.has_answer() ? line + "\n" : ""));
    context_.console().out << std::flush;
    return absl::OkStatus();
  }

  // Also of a session that ended badly: what the card answered before that is not lost.
  void Finish() const {
    if (documents_.empty()) return;
    context_.console().out << absl::StrReplaceAll(
                                  absl::StrCat("[\n", absl::StrJoin(documents_, ",\n")),
                                  {{"\n", "\n "}})
                           << "\n]\n"
                           << std::flush;
  }

 private:
  const Context& context_;
  std::vector<std::string> documents_;
};

// Reads up to the answer, or the grant, to what was sent; false where the stream has ended.
bool AwaitAnswer(SessionView& view, Stream& stream) {
  OpenSessionResponse response;
  while (stream.Read(&response)) {
    if (!view.Show(response).ok()) return false;
    if (!response.has_queued()) return true;
  }
  return false;
}

// The next line of commands; nothing at the end.
absl::StatusOr<std::vector<std::string>> NextLine(FileReader& input) {
  while (true) {
    JPKID_ASSIGN_OR_RETURN(const std::optional<std::string> line, input.ReadLine());
    if (!line.has_value()) return std::vector<std::string>();
    std::vector<std::string> commands = absl::StrSplit(*line, ' ', absl::SkipWhitespace());
    if (!commands.empty()) return commands;
  }
}

absl::Status Talk(const Context& context, const ApduOptions& options,
                  const OpenSessionRequest& acquire, SessionView& view, Stream& stream) {
  if (!stream.Write(acquire) || !AwaitAnswer(view, stream)) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(FileReader input, FileReader::Open(context, "-"));
  const bool from_input = options.commands.empty();
  std::vector<std::string> commands = options.commands;
  while (true) {
    if (from_input) {
      JPKID_ASSIGN_OR_RETURN(commands, NextLine(input));
      if (commands.empty()) return absl::OkStatus();
    }
    JPKID_ASSIGN_OR_RETURN(const OpenSessionRequest batch, Batch(commands));
    if (!stream.Write(batch) || !AwaitAnswer(view, stream)) return absl::OkStatus();
    if (!from_input) return absl::OkStatus();
  }
}

Outcome Send(const Context& context, const ApduOptions& options) {
  OpenSessionRequest acquire;
  JPKID_ASSIGN_OR_RETURN(*acquire.mutable_acquire()->mutable_reader(),
                         ChooseReader(context, options.reader));
  acquire.mutable_acquire()->set_mode(options.exclusive ? AcquireReader::MODE_EXCLUSIVE
                                                        : AcquireReader::MODE_SHARED);
  absl::Status said;
  SessionView view(context);
  const auto talk = [&](Stream& stream) { said = Talk(context, options, acquire, view, stream); };
  const absl::Status ended =
      context.daemon().Converse<ReaderService, OpenSessionRequest, OpenSessionResponse>(
          &ReaderService::StubInterface::OpenSession, context.Deadline(absl::InfiniteDuration()),
          talk);
  view.Finish();
  JPKID_RETURN_IF_ERROR(said);
  JPKID_RETURN_IF_ERROR(ended);
  return ExitCode::kDone;
}

}  // namespace

void AddApdu(CommandLine& line) {
  const auto options = std::make_shared<ApduOptions>();
  CLI::App* command = line.Add(
      "apdu", {.run = [options](const Context& context) { return Send(context, *options); }});
  line.Option(command, "APDU", options->commands);
  line.Option(command, "-r,--reader", options->reader);
  line.Flag(command, "--exclusive", options->exclusive);
}

}  // namespace jpkid::cli
