#include "clients/cli/exit_code.h"

#include <optional>

#include "base/status.h"

namespace jpkid::cli {
namespace {

using enum ExitCode;
using enum Reason;

// Reasons whose number is not the one of their status code.
constexpr struct {
  Reason reason;
  ExitCode code;
} kByReason[] = {
    {kReaderUnknown, kCard},
    {kReaderUnavailable, kCard},
    {kReaderHung, kCard},
    {kCardAbsent, kCard},
    {kCardRemoved, kCard},
    {kCardMute, kCard},
    {kCardHeldElsewhere, kCard},
    {kCardNotJpki, kCard},
    {kCardWrong, kCard},
    {kCardExpired, kCard},
    {kCardStatus, kCard},
    {kCardAnswerInvalid, kCard},
    {kPinFormat, kPin},
    {kPinWrong, kPin},
    {kPinBlocked, kPin},
    {kPinNotSet, kPin},
    {kPinNotVerified, kPin},
    {kReplyFormPinWrong, kPin},
    {kPersonalisationNotAvailable, kCard},
    {kIssuerKeysRefused, kCard},
    {kIssuerProfileLocked, kCard},
    {kSecureChannelBroken, kCard},
    {kCertificateAbsent, kCard},
    {kReadBackDiffers, kCard},
    {kProofFailed, kCard},
    {kCaUnavailable, kAuthority},
    {kCaRejected, kAuthority},
    {kCaAnswerInvalid, kAuthority},
    {kCaProtectionInvalid, kAuthority},
    {kCaNotSettled, kAuthority},
    {kOwnershipLost, kFailed},
};

ExitCode OfStatusCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return kDone;
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return kUnreachable;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kUnimplemented:
      return kRefused;
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return kTimeout;
    default:
      return kFailed;
  }
}

ExitCode OfReason(Reason reason) {
  for (const auto& row : kByReason) {
    if (row.reason == reason) return row.code;
  }
  return OfStatusCode(Row(reason).status);
}

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  return HasReason(status) ? OfReason(FailureOf(status).reason) : OfStatusCode(status.code());
}

ExitCode ExitCodeOfReason(absl::string_view code) {
  const std::optional<Reason> reason = ReasonFromCode(code);
  return reason.has_value() ? OfReason(*reason) : kFailed;
}

}  // namespace jpkid::cli
