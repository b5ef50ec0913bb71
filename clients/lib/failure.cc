#include "clients/lib/failure.h"

#include <optional>

#include "absl/strings/cord.h"

#include "base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace jpkid::client {
namespace {

constexpr absl::string_view kDomain = "jpkid";

// Payloads of a status beside base/status.h's own: the daemon's message in words, the code of a
// reason that this program's catalogue lacks, and a google.rpc.RetryInfo.
constexpr absl::string_view kWords = "jpkid/words";
constexpr absl::string_view kUnknownCode = "jpkid/unknown-code";
constexpr absl::string_view kRetry = "jpkid/retry";

std::string Payload(const absl::Status& status, absl::string_view name) {
  const absl::optional<absl::Cord> payload = status.GetPayload(name);
  return payload.has_value() ? std::string(*payload) : std::string();
}

// What the daemon attached to a failure.
struct Details {
  std::optional<google::rpc::ErrorInfo> info;
  std::optional<google::rpc::RetryInfo> retry;
  std::string words;
};

Details Unpack(const std::string& serialized) {
  Details details;
  google::rpc::Status wire;
  if (!wire.ParseFromString(serialized)) return details;
  for (const google::protobuf::Any& any : wire.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    google::rpc::LocalizedMessage words;
    if (any.UnpackTo(&info) && info.domain() == kDomain) details.info = info;
    if (any.UnpackTo(&retry)) details.retry = retry;
    if (any.UnpackTo(&words)) details.words = words.message();
  }
  return details;
}

// A failure that the daemon did not make: the transport's, or of a daemon without details.
absl::Status WithoutReason(const grpc::Status& status, absl::string_view address) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return Fail(Reason::kDaemonUnreachable,
                  {{"address", std::string(address)}, {"detail", status.error_message()}});
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return Fail(Reason::kCallTimeout);
    case grpc::StatusCode::UNIMPLEMENTED:
      return Fail(Reason::kNotBuilt, {{"what", status.error_message()}});
    default:
      // Both enumerations have the numbers of google.rpc.Code.
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          status.error_message());
  }
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status, absl::string_view address) {
  if (status.ok()) return absl::OkStatus();
  const Details details = Unpack(status.error_details());
  if (!details.info.has_value()) return WithoutReason(status, address);
  absl::Status result;
  if (const std::optional<Reason> reason = ReasonFromCode(details.info->reason())) {
    const auto& metadata = details.info->metadata();
    result = Fail(*reason, ReasonMetadata(metadata.begin(), metadata.end()));
  } else {
    result =
        absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
    result.SetPayload(kUnknownCode, absl::Cord(details.info->reason()));
    result.SetPayload(kWords, absl::Cord(details.words));
  }
  if (details.retry.has_value()) {
    result.SetPayload(kRetry, absl::Cord(details.retry->SerializeAsString()));
  }
  return result;
}

bool DaemonAway(const absl::Status& status) {
  return FailedFor(status, Reason::kDaemonUnreachable) ||
         FailedFor(status, Reason::kShuttingDown) || FailedFor(status, Reason::kStoreUnavailable);
}

absl::Duration RetryDelay(const absl::Status& status, absl::Duration otherwise) {
  const std::string payload = Payload(status, kRetry);
  google::rpc::RetryInfo retry;
  if (payload.empty() || !retry.ParseFromString(payload)) return otherwise;
  return absl::Seconds(retry.retry_delay().seconds()) +
         absl::Nanoseconds(retry.retry_delay().nanos());
}

Explanation Explain(const absl::Status& status, Language language) {
  if (const std::string code = Payload(status, kUnknownCode); !code.empty()) {
    const std::string words = Payload(status, kWords);
    return {.code = code,
            .message = words.empty() ? std::string(status.message()) : words,
            .remedy = {},
            .card = CardChange::kMaybe};
  }
  if (!HasReason(status)) return {.message = std::string(status.message())};
  const Failure failure = FailureOf(status);
  return {.code = std::string(Row(failure.reason).code),
          .message = Text(failure.reason, failure.metadata, language),
          .remedy = Remedy(failure.reason, failure.metadata, language),
          .card = Row(failure.reason).card};
}

}  // namespace jpkid::client
