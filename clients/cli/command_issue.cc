#include <utility>

#include "clients/cli/commands.h"
#include "clients/cli/enum_option.h"
#include "clients/cli/files.h"
#include "clients/cli/kind_option.h"
#include "clients/cli/run_case.h"

// An application of somebody who stands at the counter and needs no case: issue and renew.
namespace jpkid::cli {
namespace {

using jpki::v1::Applicant;
using jpki::v1::Operation;
using jpki::v1::PinKind;
using jpki::v1::ResidenceStatus;
using jpki::v1::RunCaseRequest;

struct Options {
  RunCaseRequest request;
  std::string holder;
  RunOptions run;
};

Outcome Issue(const Context& context, const Options& options) {
  RunCaseRequest request = options.request;
  if (!options.holder.empty()) {
    JPKID_RETURN_IF_ERROR(ReadMessage(context, options.holder, *request.mutable_holder()));
  }
  return RunCase(context, options.run, std::move(request));
}

void Add(CommandLine& line, const std::string& name, Operation::Type type) {
  const auto options = std::make_shared<Options>();
  RunCaseRequest& request = options->request;
  request.set_type(type);
  request.set_applicant(jpki::v1::APPLICANT_HOLDER);
  CLI::App* command =
      line.Add(name, {.run = [options](const Context& context) { return Issue(context, *options); },
                      .card = CardUse::kChanges});
  AddKinds(line, command, *request.mutable_kinds());
  TakeEnum<Applicant>(line, command, "--applicant",
                      [&request](Applicant given) { request.set_applicant(given); });
  line.Option(command, "--holder", options->holder);
  TakeEnums<PinKind>(line, command, "--reset-pins",
                     [&request](PinKind pin) { request.add_reset_pins(pin); });
  TakeEnum<ResidenceStatus>(
      line, command, "--residence-status",
      [&request](ResidenceStatus status) { request.set_residence_status(status); });
  line.Option(command, "--stay-until", *request.mutable_stay_until());
  line.Flag(command, "--adult-ward", [&request](bool on) { request.set_adult_ward(on); });
  line.Flag(command, "--pinless-card", [&request](bool on) { request.set_pinless_card(on); });
  AddRunOptions(line, command, options->run);
}

}  // namespace

void AddIssue(CommandLine& line) {
  Add(line, "issue", Operation::TYPE_ISSUE);
  Add(line, "renew", Operation::TYPE_RENEW);
}

}  // namespace jpkid::cli
