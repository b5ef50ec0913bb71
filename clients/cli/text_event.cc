#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "clients/cli/names.h"
#include "clients/cli/text.h"

namespace jpkid::cli {
namespace {

using jpki::v1::ExpiryToCome;
using jpki::v1::OperationEvent;
using jpki::v1::PendingInput;
using jpki::v1::PinRequest;

Msg OfWaiting(const OperationEvent::Waiting& waiting) {
  const PendingInput* input = waiting.inputs().empty() ? nullptr : &waiting.inputs(0);
  switch (waiting.waiting_for()) {
    case OperationEvent::Waiting::FOR_CARD:
      return input != nullptr && !input->card().card_serial().empty() ? Msg::kEventWaitingThisCard
                                                                      : Msg::kEventWaitingCard;
    case OperationEvent::Waiting::FOR_PIN:
      return input != nullptr && input->pin().purpose() == PinRequest::PURPOSE_SET
                 ? Msg::kEventWaitingNewPin
                 : Msg::kEventWaitingPin;
    case OperationEvent::Waiting::FOR_CA:
      return Msg::kEventWaitingCa;
    case OperationEvent::Waiting::FOR_OPERATOR:
      return Msg::kEventWaitingOperator;
    default:
      return Msg::kEventWaiting;
  }
}

// Who or what is awaited: the PINs' names, or the card's serial.
std::string Awaited(const Words& words, const OperationEvent::Waiting& waiting) {
  std::vector<std::string> names;
  for (const PendingInput& input : waiting.inputs()) {
    names.push_back(input.has_pin() ? Name(words, input.pin().pin()) : input.card().card_serial());
  }
  return absl::StrJoin(names, words(Msg::kListSeparator));
}

std::string OfWaitingEvent(const Words& words, const OperationEvent::Waiting& waiting) {
  const std::string text = words(OfWaiting(waiting), Awaited(words, waiting));
  return waiting.message().empty() ? text : words(Msg::kSentences, text, waiting.message());
}

std::string OfEligible(const Words& words, const OperationEvent::Eligible& eligible) {
  std::vector<std::string> expiries;
  for (const ExpiryToCome& expiry : eligible.expiries()) {
    expiries.push_back(absl::StrCat(Name(words, expiry.kind()), " ", expiry.expiry_date()));
  }
  std::string text =
      words(Msg::kEventEligible, absl::StrJoin(expiries, words(Msg::kListSeparator)));
  if (!eligible.remarks().empty()) absl::StrAppend(&text, words(Msg::kFullStop));
  std::set<std::string> told;  // Two kinds may have the same.
  for (const auto& remark : eligible.remarks()) {
    if (told.insert(remark.text()).second) text = words(Msg::kSentences, text, remark.text());
  }
  return text;
}

std::string OfWriting(const Words& words, const OperationEvent::Writing& writing) {
  return words(Msg::kEventWriting, Name(words, writing.kind()), writing.bytes_written(),
               writing.bytes_total());
}

// The events that say of one certificate that a step is done.
std::string OfStep(const Words& words, const OperationEvent& event) {
  const auto say = [&](Msg msg, const auto& step) { return words(msg, Name(words, step.kind())); };
  switch (event.event_case()) {
    case OperationEvent::kKeyMade:
      return say(Msg::kEventKeyMade, event.key_made());
    case OperationEvent::kRequestSigned:
      return say(Msg::kEventRequestSigned, event.request_signed());
    case OperationEvent::kCaSubmitted:
      return say(Msg::kEventCaSubmitted, event.ca_submitted());
    case OperationEvent::kCertificateReceived:
      return say(Msg::kEventCertificateReceived, event.certificate_received());
    case OperationEvent::kReadBack:
      return say(Msg::kEventReadBack, event.read_back());
    case OperationEvent::kActivated:
      return say(Msg::kEventActivated, event.activated());
    case OperationEvent::kProved:
      return say(Msg::kEventProved, event.proved());
    case OperationEvent::kOldRevoked:
      return say(Msg::kEventOldRevoked, event.old_revoked());
    default:  // Of a newer daemon.
      return words(Msg::kEventUnknown);
  }
}

}  // namespace

std::string Sentence(const Words& words, const OperationEvent& event) {
  switch (event.event_case()) {
    case OperationEvent::kQueued:
      return words(Msg::kEventQueued, event.queued().position());
    case OperationEvent::kWaiting:
      return OfWaitingEvent(words, event.waiting());
    case OperationEvent::kCardIdentified:
      return words(Msg::kEventCardIdentified, event.card_identified().card_serial(),
                   event.card_identified().card_expiry_date());
    case OperationEvent::kEligible:
      return OfEligible(words, event.eligible());
    case OperationEvent::kPinVerified:
      return words(Msg::kEventPinVerified, Name(words, event.pin_verified().pin()));
    case OperationEvent::kWriting:
      return OfWriting(words, event.writing());
    case OperationEvent::kResumed:
      return words(Msg::kEventResumed);
    case OperationEvent::kCompleted:
      return words(Msg::kEventCompleted);
    case OperationEvent::kFailed:
      return words(Msg::kEventFailed, event.failed().failure().message());
    default:
      return OfStep(words, event);
  }
}

}  // namespace jpkid::cli
