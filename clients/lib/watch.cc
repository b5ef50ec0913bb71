#include "clients/lib/watch.h"

#include <vector>

#include "absl/strings/str_cat.h"

#include "clients/lib/backoff.h"
#include "clients/lib/failure.h"
#include "jpki/v1/operation_service.grpc.pb.h"

namespace jpkid::client {
namespace {

using jpki::v1::Operation;
using jpki::v1::OperationEvent;
using jpki::v1::OperationService;
using jpki::v1::WatchOperationRequest;
using jpki::v1::WatchOperationResponse;

// One watching over as many streams as it takes.
class Watching {
 public:
  Watching(Connection& connection, const WatchTarget& target, OperationWatcher& watcher)
      : connection_(connection),
        target_(target),
        watcher_(watcher),
        backoff_(connection.interruption()) {}

  absl::Status Run() {
    while (true) {
      absl::Status status = OneStream();
      if (status.ok() && !done_ && result_.ok()) status = WhyItEnded();
      if (done_ || !result_.ok()) return result_;
      if (!connection_.reached()) return status;
      if (!DaemonAway(status) && !IsCutOff(status)) return status;
      watcher_.OnAway(status);
      JPKID_RETURN_IF_ERROR(backoff_.Pause(status, target_.deadline));
    }
  }

 private:
  // A daemon that stops cancels its streams.
  bool IsCutOff(const absl::Status& status) const {
    return absl::IsCancelled(status) && !HasReason(status) && !connection_.interruption().raised();
  }

  absl::Status OneStream() {
    WatchOperationRequest request;
    request.set_name(target_.operation);
    request.set_resume_after(target_.resume_after);
    next_ = 0;
    return connection_.Stream<OperationService, WatchOperationRequest, WatchOperationResponse>(
        &OperationService::StubInterface::WatchOperation, request, target_.deadline,
        [this](const WatchOperationResponse& response) { return Take(response.event()); });
  }

  // A stream that ends in peace without the last event: the operation had ended where the watching
  // began, or the daemon is stopping.
  absl::Status WhyItEnded() {
    jpki::v1::GetOperationRequest request;
    request.set_name(target_.operation);
    JPKID_ASSIGN_OR_RETURN(
        const Operation operation,
        connection_.Call<OperationService>(&OperationService::StubInterface::GetOperation, request,
                                           target_.deadline));
    if (!HasEnded(operation)) return Fail(Reason::kShuttingDown);
    watcher_.OnEnded(operation);
    done_ = true;
    return absl::OkStatus();
  }

  // False: enough.
  bool Take(const OperationEvent& event) {
    backoff_.Reset();
    const std::int64_t before = target_.resume_after + static_cast<std::int64_t>(next_);
    if (event.sequence() != before + 1) {
      result_ = absl::DataLossError(absl::StrCat(target_.operation, ": event ", event.sequence(),
                                                 " came after event ", before));
      return false;
    }
    const std::size_t here = next_++;
    const absl::Time time =
        absl::FromUnixSeconds(event.time().seconds()) + absl::Nanoseconds(event.time().nanos());
    if (here < seen_.size() && seen_[here] == time) return true;
    seen_.resize(here);  // The others have never been, as the daemon's store has it.
    seen_.push_back(time);
    done_ = watcher_.OnEvent(event) == WatchNext::kStop || IsLast(event);
    return !done_;
  }

  Connection& connection_;
  const WatchTarget& target_;
  OperationWatcher& watcher_;
  Backoff backoff_;
  std::vector<absl::Time> seen_;  // When each event was that the watcher was told.
  std::size_t next_ = 0;          // Of these, in the stream at hand.
  bool done_ = false;
  absl::Status result_;
};

}  // namespace

absl::Status WatchOperation(Connection& connection, const WatchTarget& target,
                            OperationWatcher& watcher) {
  return Watching(connection, target, watcher).Run();
}

bool IsLast(const OperationEvent& event) { return event.has_completed() || event.has_failed(); }

bool HasEnded(const Operation& operation) {
  return operation.has_receipt() || operation.has_failure();
}

}  // namespace jpkid::client
