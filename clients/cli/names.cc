#include "clients/cli/names.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "base/clock.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CertificateKind;
using jpki::v1::Operation;
using jpki::v1::PinKind;
using jpki::v1::PinStatus;
using jpki::v1::Reader;

std::string Prefixed(absl::string_view collection, absl::string_view text) {
  return absl::StartsWith(text, collection) ? std::string(text) : absl::StrCat(collection, text);
}

}  // namespace

std::string Name(const Words& words, CertificateKind kind) {
  switch (kind) {
    case jpki::v1::CERTIFICATE_KIND_AUTH:
      return words(Msg::kAuth);
    case jpki::v1::CERTIFICATE_KIND_SIGNATURE:
      return words(Msg::kSignature);
    default:
      return words(Msg::kUnknown);
  }
}

std::string Name(const Words& words, PinKind pin) {
  switch (pin) {
    case jpki::v1::PIN_KIND_AUTH:
      return words(Msg::kAuth);
    case jpki::v1::PIN_KIND_SIGNATURE:
      return words(Msg::kSignature);
    default:
      return words(Msg::kUnknown);
  }
}

std::string Name(const Words& words, Reader::State state) {
  switch (state) {
    case Reader::STATE_EMPTY:
      return words(Msg::kReaderEmpty);
    case Reader::STATE_CARD_PRESENT:
      return words(Msg::kReaderCardPresent);
    case Reader::STATE_IN_USE:
      return words(Msg::kReaderInUse);
    case Reader::STATE_HELD_ELSEWHERE:
      return words(Msg::kReaderHeldElsewhere);
    case Reader::STATE_CARD_MUTE:
      return words(Msg::kReaderCardMute);
    case Reader::STATE_UNAVAILABLE:
      return words(Msg::kReaderUnavailable);
    default:
      return words(Msg::kUnknown);
  }
}

std::string Describe(const Words& words, const PinStatus& status) {
  switch (status.state()) {
    case PinStatus::STATE_READY:
      return words(Msg::kPinReady, status.tries_left());
    case PinStatus::STATE_BLOCKED:
      return words(Msg::kPinBlocked);
    case PinStatus::STATE_NOT_SET:
      return words(Msg::kPinNotSet);
    default:
      return words(Msg::kUnknown);
  }
}

std::string Name(const Words& words, Operation::Type type) {
  switch (type) {
    case Operation::TYPE_ISSUE:
      return words(Msg::kTypeIssue);
    case Operation::TYPE_RENEW:
      return words(Msg::kTypeRenew);
    default:
      return words(Msg::kUnknown);
  }
}

std::string Name(const Words& words, Operation::State state) {
  switch (state) {
    case Operation::STATE_QUEUED:
      return words(Msg::kQueued);
    case Operation::STATE_RUNNING:
      return words(Msg::kRunning);
    case Operation::STATE_WAITING:
      return words(Msg::kWaiting);
    case Operation::STATE_SUCCEEDED:
      return words(Msg::kSucceeded);
    case Operation::STATE_FAILED:
      return words(Msg::kFailedState);
    case Operation::STATE_CANCELLED:
      return words(Msg::kCancelled);
    default:
      return words(Msg::kUnknown);
  }
}

std::string LocalTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(time.seconds()), Tokyo());
}

PinKind PinOf(CertificateKind kind) {
  // The enumerations name the same two things; a test holds that their numbers agree.
  return static_cast<PinKind>(kind);
}

std::string ReaderName(absl::string_view text) { return Prefixed("readers/", text); }

std::string OperationName(absl::string_view text) { return Prefixed("operations/", text); }

}  // namespace jpkid::cli
