#include "clients/cli/commands.h"
#include "clients/cli/reader_option.h"
#include "clients/cli/text.h"
#include "jpki/v1/card_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Card;
using jpki::v1::CardService;

Outcome ShowCard(const Context& context, const std::string& reader) {
  jpki::v1::ReadCardRequest request;
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, reader));
  JPKID_ASSIGN_OR_RETURN(const Card card,
                         context.daemon().Call<CardService>(&CardService::StubInterface::ReadCard,
                                                            request, context.CallDeadline()));
  JPKID_RETURN_IF_ERROR(context.Print(card, Text(context.words(), card)));
  return ExitCode::kDone;
}

}  // namespace

void AddCard(CommandLine& line) {
  const auto reader = std::make_shared<std::string>();
  CLI::App* command = line.Add(
      "card show", {.run = [reader](const Context& context) { return ShowCard(context, *reader); },
                    .card = CardUse::kReads});
  line.Option(command, "-r,--reader", *reader);
}

}  // namespace jpkid::cli
