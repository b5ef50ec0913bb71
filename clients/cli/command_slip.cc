#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "base/bytes.h"
#include "clients/cli/answers.h"
#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/names.h"
#include "clients/cli/slips.h"
#include "clients/cli/text_case.h"
#include "jpki/v1/case_service.grpc.pb.h"

// The papers that citizens take home: receipt, case slip.
namespace jpkid::cli {
namespace {

using jpki::v1::Case;
using jpki::v1::CaseService;
using jpki::v1::Operation;

struct Options {
  std::string name;
  bool html = false;
  Paper paper = Paper::kA5;
  std::string out = "-";
};

// Prints the slip, or writes it to a file; with -o json what it was made from is printed.
Outcome Print(const Context& context, const Options& options, const Slip& slip,
              const google::protobuf::Message& message) {
  const bool to_file = options.out != "-";
  std::string said;
  if (to_file || context.output() == Output::kText) {
    const std::string text = options.html ? SlipHtml(slip, options.paper) : SlipText(slip);
    JPKID_RETURN_IF_ERROR(WriteOutput(context, options.out, AsBytes(absl::string_view(text))));
    if (to_file)
      said = absl::StrCat(context.words()(Msg::kWritten, options.out, text.size()), "\n");
  }
  JPKID_RETURN_IF_ERROR(context.Print(message, said));
  return ExitCode::kDone;
}

// Whether the card is kept: the authority is awaited without it, and nobody can give anything.
bool IsCardKept(const Operation& operation) {
  return operation.in_custody() && operation.pending_inputs().empty();
}

// Whether an operation of the case has left the card different from before. The history names each.
absl::StatusOr<bool> CardChanged(const Context& context, const Case& one) {
  for (const jpki::v1::CaseAct& act : one.history()) {
    if (!absl::StartsWith(act.detail(), "operations/")) continue;
    JPKID_ASSIGN_OR_RETURN(const Operation operation, GetOperation(context, act.detail()));
    if (operation.has_receipt() || operation.failure().card_changed()) return true;
  }
  return false;
}

Outcome Receipt(const Context& context, const Options& options) {
  JPKID_ASSIGN_OR_RETURN(const Operation operation,
                         GetOperation(context, OperationName(options.name)));
  if (operation.has_receipt()) {
    return Print(context, options, ReceiptSlip(context.words(), operation), operation.receipt());
  }
  if (IsCardKept(operation)) {
    return Print(context, options, CustodySlip(context.words(), operation), operation);
  }
  return absl::FailedPreconditionError(
      context.words()(Msg::kNoReceipt, operation.name(), Name(context.words(), operation.state())));
}

// Of a completed case the receipt, with the office; else as it stands.
Outcome CaseSlip(const Context& context, const Options& options) {
  jpki::v1::GetCaseRequest request;
  request.set_name(CaseName(options.name));
  JPKID_ASSIGN_OR_RETURN(const Case one,
                         context.daemon().Call<CaseService>(&CaseService::StubInterface::GetCase,
                                                            request, context.CallDeadline()));
  if (one.state() == Case::STATE_COMPLETED && !one.operation().empty()) {
    JPKID_ASSIGN_OR_RETURN(Operation operation, GetOperation(context, one.operation()));
    *operation.mutable_office() = one.procedure().office();  // That of its own municipality.
    return Print(context, options, ReceiptSlip(context.words(), operation), one);
  }
  bool card_changed = false;
  if (one.state() == Case::STATE_WITHDRAWN) {
    JPKID_ASSIGN_OR_RETURN(card_changed, CardChanged(context, one));
  }
  return Print(context, options, SlipOf(context.words(), one, card_changed), one);
}

void Add(CommandLine& line, const std::string& name, const std::string& positional,
         Outcome (*run)(const Context&, const Options&)) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = line.Add(
      name, {.run = [options, run](const Context& context) { return run(context, *options); }});
  line.Option(command, positional, options->name)->required();
  line.Take(command, "--format", [options](const std::string& text) {
    if (text != "text" && text != "html") throw CLI::ValidationError("--format", "text|html");
    options->html = text == "html";
  });
  line.Take(command, "--paper", [options](const std::string& text) {
    if (text != "a5" && text != "a6") throw CLI::ValidationError("--paper", "a5|a6");
    options->paper = text == "a5" ? Paper::kA5 : Paper::kA6;
  });
  line.Option(command, "--out", options->out);
}

}  // namespace

void AddSlips(CommandLine& line) {
  Add(line, "receipt", "OPERATION", Receipt);
  Add(line, "case slip", "CASE", CaseSlip);
}

}  // namespace jpkid::cli
