#include "daemon/rpc/status.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "base/status.h"
#include "daemon/rpc/language.h"
#include "google/rpc/error_details.pb.h"

namespace jpkid::rpc {
namespace {

// Where trying again by itself makes sense, how long a client waits first.
struct RetryRow {
  Reason reason;
  absl::Duration delay;
};
constexpr RetryRow kRetries[] = {
    {Reason::kReaderBusy, absl::Seconds(1)},        {Reason::kCardHeldElsewhere, absl::Seconds(2)},
    {Reason::kReaderUnavailable, absl::Seconds(2)}, {Reason::kCaUnavailable, absl::Seconds(30)},
    {Reason::kRequestUnderWay, absl::Seconds(1)},   {Reason::kStoreUnavailable, absl::Seconds(5)},
    {Reason::kOverloaded, absl::Seconds(1)},        {Reason::kShuttingDown, absl::Seconds(5)},
};

void AddRetryInfo(Reason reason, google::rpc::Status& model) {
  for (const RetryRow& row : kRetries) {
    if (row.reason != reason) continue;
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(row.delay));
    model.add_details()->PackFrom(retry);
  }
}

}  // namespace

google::rpc::Status ToErrorModel(const absl::Status& status, Language language) {
  const Failure failure = FailureOf(status);
  google::rpc::Status model;
  model.set_code(static_cast<int>(Row(failure.reason).status));
  model.set_message(TextAndRemedy(failure, Language::kEnglish));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(Row(failure.reason).code));
  info.set_domain("jpkid");
  info.mutable_metadata()->insert(failure.metadata.begin(), failure.metadata.end());
  model.add_details()->PackFrom(info);
  AddRetryInfo(failure.reason, model);
  google::rpc::LocalizedMessage localized;
  localized.set_locale(std::string(LocaleOf(language)));
  localized.set_message(TextAndRemedy(failure, language));
  model.add_details()->PackFrom(localized);
  return model;
}

absl::Status FromErrorModel(const google::rpc::Status& model) {
  if (model.code() == 0) return absl::OkStatus();
  for (const google::protobuf::Any& detail : model.details()) {
    google::rpc::ErrorInfo info;
    if (!detail.UnpackTo(&info)) continue;
    const std::optional<Reason> reason = ReasonFromCode(info.reason());
    if (!reason.has_value()) break;
    return Fail(*reason, ReasonMetadata(info.metadata().begin(), info.metadata().end()));
  }
  return absl::InternalError(model.message());
}

grpc::Status ToGrpc(const absl::Status& status, Language language) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status model = ToErrorModel(status, language);
  return grpc::Status(static_cast<grpc::StatusCode>(model.code()), model.message(),
                      model.SerializeAsString());
}

std::string TextAndRemedy(const Failure& failure, Language language) {
  const std::string remedy = Remedy(failure.reason, failure.metadata, language);
  const bool blank = language == Language::kEnglish && !remedy.empty();
  return absl::StrCat(Text(failure.reason, failure.metadata, language), blank ? " " : "", remedy);
}

}  // namespace jpkid::rpc
