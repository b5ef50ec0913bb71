#include "clients/cli/pins.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"

#include "base/bytes.h"
#include "base/status.h"
#include "clients/cli/file_reader.h"
#include "clients/cli/names.h"
#include "jpki/v1/card_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CardService;
using jpki::v1::PinKind;
using jpki::v1::PinStatus;

// How often a person may mistype before the command gives up.
constexpr int kMostAttempts = 5;

// Whether entering the PIN again can help.
bool AskAgain(const absl::Status& status) {
  return FailedFor(status, Reason::kPinFormat) || FailedFor(status, Reason::kPinWrong);
}

absl::Status NobodyToAsk(const Context& context, PinKind pin) {
  return absl::InvalidArgumentError(context.words()(Msg::kNoPin, Name(context.words(), pin)));
}

// Asks a question whose answer is not shown. The user who closes his side has entered nothing.
absl::StatusOr<Secret> AskSecret(const Context& context, const std::string& prompt,
                                 absl::Time deadline) {
  absl::StatusOr<Secret> secret = context.terminal()->AskSecret(prompt, deadline);
  if (!absl::IsCancelled(secret.status())) return secret;
  return absl::CancelledError(context.words()(Msg::kNothingEntered));
}

// Until one of them is typed. With an input method that is off, "yes" has to do in Japanese, too.
absl::StatusOr<bool> AskYesOrNo(const Context& context, const std::string& question,
                                absl::Time deadline) {
  const Words& words = context.words();
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    JPKID_ASSIGN_OR_RETURN(std::string answer, context.terminal()->Ask(question, deadline));
    absl::AsciiStrToLower(&answer);
    if (answer == "yes" || answer == "y" || answer == words(Msg::kYes)) return true;
    if (answer == "no" || answer == "n" || answer == words(Msg::kNo)) return false;
  }
  return false;
}

// How many tries the PIN has left, as the daemon says. PIN_BLOCKED for a locked one: nobody need
// type it.
absl::StatusOr<int> TriesLeft(const Context& context, const PinUse& use) {
  jpki::v1::GetPinStatusRequest request;
  request.set_reader(use.reader);
  JPKID_ASSIGN_OR_RETURN(
      const jpki::v1::GetPinStatusResponse response,
      context.daemon().Call<CardService>(&CardService::StubInterface::GetPinStatus, request,
                                         context.CallDeadline()));
  for (const PinStatus& status : response.pins()) {
    if (status.pin() != use.pin) continue;
    if (status.state() != PinStatus::STATE_READY) {
      return Fail(
          status.state() == PinStatus::STATE_NOT_SET ? Reason::kPinNotSet : Reason::kPinBlocked,
          {{"pin", Name(context.words(), use.pin)}});
    }
    return status.tries_left();
  }
  return 0;
}

absl::StatusOr<Secret> GetCurrent(const Context& context, const PinUse& use, int descriptor) {
  if (!use.current) return Secret();
  if (descriptor >= 0) return ReadPin(context, descriptor);
  if (context.terminal() == nullptr) return NobodyToAsk(context, use.pin);
  JPKID_ASSIGN_OR_RETURN(const int tries_left, TriesLeft(context, use));
  return AskPin(context, use.pin, tries_left, context.Deadline(Context::kWatchLimit));
}

absl::StatusOr<Secret> GetNext(const Context& context, const PinUse& use, int descriptor) {
  if (!use.next) return Secret();
  if (descriptor >= 0) return ReadPin(context, descriptor);
  if (context.terminal() == nullptr) return NobodyToAsk(context, use.pin);
  return AskNewPin(context, use.pin, context.Deadline(Context::kWatchLimit));
}

}  // namespace

int PinDescriptors::For(PinKind pin) const {
  const int own = pin == jpki::v1::PIN_KIND_AUTH ? auth : signature;
  return own >= 0 ? own : any;
}

absl::Status CheckDescriptors(const Context& context, const PinDescriptors& descriptors) {
  const struct {
    const char* option;
    int descriptor;
  } given[] = {{"--auth-pin-fd", descriptors.auth},
               {"--signature-pin-fd", descriptors.signature},
               {"--pin-fd", descriptors.any},
               {"--new-pin-fd", descriptors.next}};
  for (const auto& [option, descriptor] : given) {
    if (descriptor < 0 || fcntl(descriptor, F_GETFD) >= 0) continue;
    return absl::InvalidArgumentError(
        context.words()(Msg::kBadDescriptor, option, std::strerror(errno)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Secret> AskPin(const Context& context, PinKind pin, int tries_left,
                              absl::Time deadline) {
  const Words& words = context.words();
  if (tries_left == 1) {
    JPKID_ASSIGN_OR_RETURN(const bool go_on,
                           AskYesOrNo(context, words(Msg::kLastTry, Name(words, pin)), deadline));
    if (!go_on) return absl::CancelledError(words(Msg::kDeclined));
  }
  const std::string prompt = tries_left > 0 ? words(Msg::kAskPinTries, Name(words, pin), tries_left)
                                            : words(Msg::kAskPin, Name(words, pin));
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    JPKID_ASSIGN_OR_RETURN(Secret secret, AskSecret(context, prompt, deadline));
    if (!secret.empty()) return secret;
  }
  return absl::CancelledError(words(Msg::kNothingEntered));
}

absl::StatusOr<Secret> AskNewPin(const Context& context, PinKind pin, absl::Time deadline) {
  const Words& words = context.words();
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    JPKID_ASSIGN_OR_RETURN(Secret first,
                           AskSecret(context, words(Msg::kAskNewPin, Name(words, pin)), deadline));
    if (first.empty()) continue;
    JPKID_ASSIGN_OR_RETURN(
        const Secret second,
        AskSecret(context, words(Msg::kAskNewPinAgain, Name(words, pin)), deadline));
    if (first.Equals(second)) return first;
    context.Tell(words(Msg::kPinsDiffer));
  }
  return absl::CancelledError(words(Msg::kNothingEntered));
}

absl::StatusOr<Secret> ReadPin(const Context& context, int descriptor) {
  JPKID_RETURN_IF_ERROR(AwaitReadable(context, descriptor));
  absl::StatusOr<Secret> pin = ReadSecretFromFd(descriptor);
  if (pin.ok()) return pin;
  return absl::InvalidArgumentError(context.words()(Msg::kNoPinOnDescriptor, descriptor));
}

absl::Status WithPins(const Context& context, const PinUse& use, const PinDescriptors& descriptors,
                      absl::FunctionRef<absl::Status(const Secret&, const Secret&)> attempt) {
  const int current = descriptors.For(use.pin);
  const bool from_descriptor = (use.current && current >= 0) || (use.next && descriptors.next >= 0);
  absl::Status status;
  for (int count = 0; count < kMostAttempts; ++count) {
    if (!status.ok()) context.TellFailure(status, CardUse::kReads);
    JPKID_ASSIGN_OR_RETURN(const Secret pin, GetCurrent(context, use, current));
    JPKID_ASSIGN_OR_RETURN(const Secret next, GetNext(context, use, descriptors.next));
    status = CheckCharacters(use.pin, pin);
    if (status.ok()) status = CheckCharacters(use.pin, next);
    if (status.ok()) status = attempt(pin, next);
    if (status.ok() || from_descriptor || !AskAgain(status)) return status;
  }
  return status;
}

absl::Status CheckCharacters(PinKind kind, const Secret& pin) {
  const ByteView octets = pin.view();
  if (std::all_of(octets.begin(), octets.end(), absl::ascii_isgraph)) return absl::OkStatus();
  return Fail(Reason::kPinFormat, {{"pin", kind == jpki::v1::PIN_KIND_AUTH ? "auth" : "signature"},
                                   {"rule", "it has digits and letters A-Z alone"},
                                   {"rule_ja", "半角の英数字のみ"}});
}

void Put(const Secret& pin, std::string& field) {
  const absl::string_view text = AsText(pin.view());
  field.assign(text.data(), text.size());
}

}  // namespace jpkid::cli
