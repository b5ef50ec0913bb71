#include <utility>

#include "clients/cli/application_options.h"
#include "clients/cli/commands.h"
#include "clients/cli/enum_option.h"
#include "clients/cli/files.h"
#include "clients/cli/names.h"
#include "clients/cli/request_id.h"
#include "clients/cli/run_case.h"
#include "clients/cli/text_case.h"
#include "jpki/v1/card_service.grpc.pb.h"
#include "jpki/v1/case_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Applicant;
using jpki::v1::Application;
using jpki::v1::Card;
using jpki::v1::CardService;
using jpki::v1::Case;
using jpki::v1::CaseService;
using jpki::v1::CertificateInfo;

// Calls a method that answers with the case as it then stands.
template <typename Request>
Outcome Change(const Context& context,
               grpc::Status (CaseService::StubInterface::*method)(grpc::ClientContext*,
                                                                  const Request&, Case*),
               const Request& request) {
  JPKID_ASSIGN_OR_RETURN(
      const Case one, context.daemon().Call<CaseService>(method, request, context.CallDeadline()));
  JPKID_RETURN_IF_ERROR(context.Print(one, Text(context.words(), one)));
  return ExitCode::kDone;
}

// What the card on the reader says of itself stands where the options say nothing.
absl::Status ReadCard(const Context& context, const std::string& reader,
                      jpki::v1::CreateCaseRequest& request) {
  jpki::v1::ReadCardRequest read;
  read.set_reader(ReaderName(reader));
  JPKID_ASSIGN_OR_RETURN(const Card card,
                         context.daemon().Call<CardService>(&CardService::StubInterface::ReadCard,
                                                            read, context.CallDeadline()));
  if (!request.card_serial().empty() && request.card_serial() != card.serial()) {
    return Fail(Reason::kCardWrong,
                {{"found", card.serial()}, {"expected", request.card_serial()}});
  }
  const auto fill = [](const std::string& value, std::string& field) {
    if (field.empty()) field = value;
  };
  Application& application = *request.mutable_application();
  fill(card.serial(), *request.mutable_card_serial());
  fill(card.profile(), *application.mutable_card_profile());
  fill(card.expiry_date(), *application.mutable_card_expiry());
  application.set_has_signature_certificate(card.has_signature_certificate());
  for (const CertificateInfo& certificate : card.certificates()) {
    fill(certificate.expiry_date(), certificate.kind() == jpki::v1::CERTIFICATE_KIND_AUTH
                                        ? *application.mutable_auth_expiry()
                                        : *application.mutable_signature_expiry());
  }
  return absl::OkStatus();
}

struct CreateOptions {
  jpki::v1::CreateCaseRequest request;
  std::string reader;
  std::string holder;
};

Outcome Create(const Context& context, const CreateOptions& options) {
  jpki::v1::CreateCaseRequest request = options.request;
  if (!options.holder.empty()) {
    JPKID_RETURN_IF_ERROR(ReadMessage(context, options.holder, *request.mutable_holder()));
    // It is the same person's; what stands in the file need not be typed.
    if (request.application().birth_date().empty()) {
      request.mutable_application()->set_birth_date(request.holder().birth_date());
    }
  }
  if (!options.reader.empty()) {
    JPKID_RETURN_IF_ERROR(ReadCard(context, options.reader, request));
  }
  request.set_request_id(RequestIdOr(request.request_id()));
  return Change(context, &CaseService::StubInterface::CreateCase, request);
}

template <typename Request>
void AddChecked(CommandLine& line, CLI::App* command, Request& request) {
  line.Take(command, "--checked", [&request](const std::string& text) {
    for (const absl::string_view code : absl::StrSplit(text, ',')) {
      request.add_checked_items(std::string(code));
    }
  });
}

void AddCreate(CommandLine& line) {
  const auto options = std::make_shared<CreateOptions>();
  CLI::App* command =
      line.Add("case create",
               {.run = [options](const Context& context) { return Create(context, *options); }});
  AddApplication(line, command, *options->request.mutable_application());
  line.Option(command, "--holder", options->holder);
  line.Option(command, "--card-serial", *options->request.mutable_card_serial());
  line.Option(command, "-r,--reader", options->reader);
  AddChecked(line, command, options->request);
  line.Option(command, "--request-id", *options->request.mutable_request_id());
}

void AddShow(CommandLine& line) {
  const auto request = std::make_shared<jpki::v1::GetCaseRequest>();
  CLI::App* command =
      line.Add("case show", {.run = [request](const Context& context) {
                 return Change(context, &CaseService::StubInterface::GetCase, *request);
               }});
  line.Take(command, "CASE",
            [request](const std::string& text) { request->set_name(CaseName(text)); })
      ->required();
}

// A step of a case: its name, the state in which it was seen, the request's id.
template <typename Request>
CLI::App* AddStep(CommandLine& line, const std::string& name,
                  grpc::Status (CaseService::StubInterface::*method)(grpc::ClientContext*,
                                                                     const Request&, Case*),
                  const std::shared_ptr<Request>& request) {
  CLI::App* command = line.Add(name, {.run = [request, method](const Context& context) {
                                 request->set_request_id(RequestIdOr(request->request_id()));
                                 return Change(context, method, *request);
                               }});
  line.Take(command, "CASE",
            [request](const std::string& text) { request->set_name(CaseName(text)); })
      ->required();
  line.Option(command, "--etag", *request->mutable_etag());
  line.Option(command, "--request-id", *request->mutable_request_id());
  return command;
}

void AddSteps(CommandLine& line) {
  AddStep(line, "case mail-inquiry", &CaseService::StubInterface::MailInquiry,
          std::make_shared<jpki::v1::MailInquiryRequest>());
  const auto reply = std::make_shared<jpki::v1::PresentReplyRequest>();
  reply->set_presenter(jpki::v1::APPLICANT_HOLDER);
  CLI::App* present =
      AddStep(line, "case present-reply", &CaseService::StubInterface::PresentReply, reply);
  TakeEnum<Applicant>(line, present, "--presenter",
                      [reply](Applicant who) { reply->set_presenter(who); });
  AddChecked(line, present, *reply);
  const auto withdrawal = std::make_shared<jpki::v1::WithdrawCaseRequest>();
  CLI::App* withdraw =
      AddStep(line, "case withdraw", &CaseService::StubInterface::WithdrawCase, withdrawal);
  line.Option(withdraw, "--why", *withdrawal->mutable_why());
}

struct Running {
  jpki::v1::RunCaseRequest request;
  RunOptions options;
};

void AddRun(CommandLine& line) {
  const auto running = std::make_shared<Running>();
  CLI::App* command =
      line.Add("case run", {.run =
                                [running](const Context& context) {
                                  return RunCase(context, running->options, running->request);
                                },
                            .card = CardUse::kChanges});
  line.Take(command, "CASE",
            [running](const std::string& text) { running->request.set_name(CaseName(text)); })
      ->required();
  line.Option(command, "--etag", *running->request.mutable_etag());
  AddRunOptions(line, command, running->options);
}

}  // namespace

void AddCase(CommandLine& line) {
  AddCreate(line);
  AddShow(line);
  AddSteps(line);
  AddRun(line);
}

}  // namespace jpkid::cli
