#include "daemon/rpc/session_conversation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/session_desk.h"
#include "daemon/rpc/session_policy.h"

namespace jpkid::rpc {
namespace {

constexpr absl::Duration kWait = absl::Seconds(30);
constexpr absl::Duration kLongestWait = absl::Minutes(10);

absl::Status Wrong(absl::string_view field, absl::string_view detail) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", std::string(field)}, {"detail", std::string(detail)}});
}

absl::StatusOr<session::Priority> ToPriority(v1::Priority priority) {
  switch (priority) {
    case v1::PRIORITY_UNSPECIFIED:
    case v1::PRIORITY_COUNTER:
      return session::Priority::kCounter;
    case v1::PRIORITY_BATCH:
      return session::Priority::kBatch;
    case v1::PRIORITY_MONITOR:
      return session::Priority::kMonitor;
    default:
      return Wrong("priority", "unknown");
  }
}

}  // namespace

SessionConversation::SessionConversation(session::Sessions& sessions, const SessionLimits& limits,
                                         std::string client, std::shared_ptr<Line> line)
    : sessions_(sessions), limits_(limits), client_(std::move(client)), line_(std::move(line)) {}

SessionConversation::~SessionConversation() {
  if (desk_ != nullptr) desk_->Leave();
}

void SessionConversation::OnMessage(google::protobuf::Message& message) {
  const absl::Status status = Take(static_cast<v1::OpenSessionRequest&>(message));
  if (!status.ok()) line_->End(status);
}

void SessionConversation::OnAllSaid() {
  if (desk_ == nullptr || desk_->Release(true)) line_->End(absl::OkStatus());
}

absl::Status SessionConversation::Take(v1::OpenSessionRequest& request) {
  if (desk_ != nullptr && desk_->released()) desk_ = nullptr;
  switch (request.step_case()) {
    case v1::OpenSessionRequest::kAcquire:
      if (desk_ != nullptr) return Wrong("acquire", "the session has begun already");
      return Acquire(request.acquire());
    case v1::OpenSessionRequest::kBatch:
      if (desk_ == nullptr) return Wrong("batch", "acquire comes first");
      return Send(*request.mutable_batch());
    case v1::OpenSessionRequest::kRelease:
      if (desk_ == nullptr) return Wrong("release", "acquire comes first");
      if (desk_->Release(false)) line_->ReadNext();
      return absl::OkStatus();
    case v1::OpenSessionRequest::STEP_NOT_SET:
      break;
  }
  return Wrong("step", "missing");
}

absl::Status SessionConversation::Acquire(const v1::AcquireReader& acquire) {
  session::VisitRequest request;
  JPKID_ASSIGN_OR_RETURN(request.turn.reader, IdOf("readers", acquire.reader(), "reader"));
  JPKID_ASSIGN_OR_RETURN(request.turn.priority, ToPriority(acquire.priority()));
  if (!v1::AcquireReader::Mode_IsValid(acquire.mode())) return Wrong("mode", "unknown");
  request.turn.client = client_;
  request.exclusive = acquire.mode() == v1::AcquireReader::MODE_EXCLUSIVE;
  request.wait_limit = kWait;
  if (acquire.has_wait_limit()) {
    request.wait_limit = absl::Seconds(acquire.wait_limit().seconds()) +
                         absl::Nanoseconds(acquire.wait_limit().nanos());
    if (request.wait_limit < absl::ZeroDuration()) return Wrong("wait_limit", "below zero");
    request.wait_limit = std::min(request.wait_limit, kLongestWait);
  }
  request.job_limit = limits_.longest_batch;
  request.idle_limit = limits_.idle;
  request.total_limit = limits_.total;
  desk_ = std::make_shared<SessionDesk>(limits_, kMostBatchesAhead, kMostCommands, line_);
  JPKID_ASSIGN_OR_RETURN(std::shared_ptr<session::Visit> visit, sessions_.Enter(request, desk_));
  desk_->SetVisit(std::move(visit));
  line_->ReadNext();
  return absl::OkStatus();
}

absl::Status SessionConversation::Send(v1::CommandBatch& batch) {
  if (batch.commands().empty() || batch.commands_size() > kMostCommands) {
    return Wrong("commands", absl::StrCat("1 to ", kMostCommands, " in a batch"));
  }
  auto raw = std::make_shared<RawBatch>();
  raw->number = batch.number();
  raw->stop_at_failure = batch.stop_at_failure();
  absl::Status refused;
  for (std::string& command : *batch.mutable_commands()) {
    const ByteView apdu = AsBytes(command);
    refused.Update(CheckRawCommand(apdu));
    raw->commands.emplace_back(apdu.begin(), apdu.end());
    Wipe(command);  // One that was refused may hold a PIN.
  }
  JPKID_RETURN_IF_ERROR(refused);
  if (desk_->Run(std::move(raw))) line_->ReadNext();
  return absl::OkStatus();
}

}  // namespace jpkid::rpc
