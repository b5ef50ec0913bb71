#include "clients/cli/commands.h"
#include "clients/cli/kind_option.h"
#include "clients/cli/names.h"
#include "clients/cli/pin_options.h"
#include "clients/cli/reader_option.h"
#include "clients/cli/request_id.h"
#include "clients/cli/text.h"
#include "clients/lib/failure.h"
#include "jpki/v1/card_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CardService;
using jpki::v1::ChangePinRequest;
using jpki::v1::ChangePinResponse;
using jpki::v1::GetPinStatusResponse;
using jpki::v1::ResetPinRequest;
using jpki::v1::ResetPinResponse;

struct Options {
  std::string reader;
  jpki::v1::CertificateKind kind = jpki::v1::CERTIFICATE_KIND_UNSPECIFIED;
  std::string card_serial;
  std::string request_id;
  PinDescriptors pins;
};

// The request id of the first try is the user's; a PIN that was typed anew is a new request.
std::string TakeRequestId(std::string& chosen) {
  return chosen.empty() ? NewRequestId() : std::exchange(chosen, "");
}

Outcome Status(const Context& context, const Options& options) {
  jpki::v1::GetPinStatusRequest request;
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, options.reader));
  JPKID_ASSIGN_OR_RETURN(
      const GetPinStatusResponse response,
      context.daemon().Call<CardService>(&CardService::StubInterface::GetPinStatus, request,
                                         context.CallDeadline()));
  JPKID_RETURN_IF_ERROR(
      context.PrintAll(response, response.pins(), Text(context.words(), response)));
  return ExitCode::kDone;
}

template <typename Response>
Outcome Tell(const Context& context, Msg done, const Options& options, const Response& response) {
  const std::string name = Name(context.words(), PinOf(options.kind));
  JPKID_RETURN_IF_ERROR(context.Print(
      response,
      absl::StrCat(context.words()(done, name), "\n", Text(context.words(), response.status()))));
  return ExitCode::kDone;
}

// A failure of a command that may have changed the PIN: only the daemon's answer to the same
// request tells.
Outcome Failed(const Context& context, const absl::Status& why, const std::string& request_id) {
  const bool in_doubt = context.daemon().reached() &&
                        client::Explain(why, context.words().language()).card == CardChange::kMaybe;
  if (!in_doubt || context.daemon().interruption().raised()) return why;
  context.TellFailure(why, CardUse::kNone);
  context.Tell(context.words()(Msg::kPinMaybeChanged, request_id));
  return ExitCodeOf(why);
}

Outcome Change(const Context& context, Options options) {
  const jpki::v1::PinKind pin = PinOf(options.kind);
  JPKID_RETURN_IF_ERROR(CheckDescriptors(context, options.pins));
  JPKID_ASSIGN_OR_RETURN(const std::string reader, ChooseReader(context, options.reader));
  absl::StatusOr<ChangePinResponse> response;
  std::string request_id;
  const absl::Status status =
      WithPins(context, {.reader = reader, .pin = pin, .current = true, .next = true}, options.pins,
               [&](const Secret& current, const Secret& next) {
                 ChangePinRequest request;
                 request.set_reader(reader);
                 request.set_pin(pin);
                 request_id = TakeRequestId(options.request_id);
                 request.set_request_id(request_id);
                 Put(current, *request.mutable_current_pin());
                 Put(next, *request.mutable_new_pin());
                 response = context.daemon().Call<CardService>(
                     &CardService::StubInterface::ChangePin, request, context.CallDeadline());
                 Wipe(*request.mutable_current_pin());
                 Wipe(*request.mutable_new_pin());
                 return response.status();
               });
  if (!status.ok()) return Failed(context, status, request_id);
  return Tell(context, Msg::kPinIsChanged, options, *response);
}

// The serial of the card that is on the reader when the command begins: no other is touched.
absl::StatusOr<std::string> SerialOnReader(const Context& context, const std::string& reader) {
  jpki::v1::ReadCardRequest request;
  request.set_reader(reader);
  JPKID_ASSIGN_OR_RETURN(const jpki::v1::Card card,
                         context.daemon().Call<CardService>(&CardService::StubInterface::ReadCard,
                                                            request, context.CallDeadline()));
  return card.serial();
}

Outcome Reset(const Context& context, Options options) {
  const jpki::v1::PinKind pin = PinOf(options.kind);
  JPKID_RETURN_IF_ERROR(CheckDescriptors(context, options.pins));
  if (options.pins.next < 0) options.pins.next = options.pins.For(pin);
  JPKID_ASSIGN_OR_RETURN(const std::string reader, ChooseReader(context, options.reader));
  if (options.card_serial.empty()) {
    JPKID_ASSIGN_OR_RETURN(options.card_serial, SerialOnReader(context, reader));
  }
  absl::StatusOr<ResetPinResponse> response;
  std::string request_id;
  const absl::Status status =
      WithPins(context, {.reader = reader, .pin = pin, .next = true}, options.pins,
               [&](const Secret&, const Secret& next) {
                 ResetPinRequest request;
                 request.set_reader(reader);
                 request.set_pin(pin);
                 request.set_card_serial(options.card_serial);
                 request_id = TakeRequestId(options.request_id);
                 request.set_request_id(request_id);
                 Put(next, *request.mutable_new_pin());
                 response = context.daemon().Call<CardService>(
                     &CardService::StubInterface::ResetPin, request, context.CallDeadline());
                 Wipe(*request.mutable_new_pin());
                 return response.status();
               });
  if (!status.ok()) return Failed(context, status, request_id);
  return Tell(context, Msg::kPinIsReset, options, *response);
}

}  // namespace

void AddPin(CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* status = line.Add(
      "pin status", {.run = [options](const Context& context) { return Status(context, *options); },
                     .card = CardUse::kReads});
  CLI::App* change = line.Add(
      "pin change", {.run = [options](const Context& context) { return Change(context, *options); },
                     .card = CardUse::kChanges});
  CLI::App* reset = line.Add(
      "pin reset", {.run = [options](const Context& context) { return Reset(context, *options); },
                    .card = CardUse::kChanges});
  for (CLI::App* command : {status, change, reset}) {
    line.Option(command, "-r,--reader", options->reader);
  }
  for (CLI::App* command : {change, reset}) {
    AddKind(line, command, options->kind);
    line.Option(command, "--request-id", options->request_id);
    AddNewPin(line, command, options->pins);
  }
  AddPinOfKind(line, change, options->pins);
  AddPinPerKind(line, reset, options->pins);
  line.Option(reset, "--card-serial", options->card_serial);
}

}  // namespace jpkid::cli
