#include "clients/lib/watch.h"

#include "absl/strings/str_cat.h"

#include "clients/lib/backoff.h"
#include "clients/lib/failure.h"
#include "jpki/v1/operation_service.grpc.pb.h"

namespace jpkid::client {
namespace {

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
        backoff_(connection.interruption()),
        seen_(target.resume_after) {}

  absl::Status Run() {
    while (true) {
      const absl::Status status = OneStream();
      if (done_ || !result_.ok()) return result_;
      if (!connection_.reached()) return status;
      // A stream that ends in peace before the operation does: the daemon is stopping.
      if (!status.ok() && !DaemonAway(status) && !IsCutOff(status)) return status;
      const absl::Status why = status.ok() ? Fail(Reason::kShuttingDown) : status;
      watcher_.OnAway(why);
      JPKID_RETURN_IF_ERROR(backoff_.Pause(why, target_.deadline));
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
    request.set_resume_after(seen_);
    return connection_.Stream<OperationService, WatchOperationRequest, WatchOperationResponse>(
        &OperationService::StubInterface::WatchOperation, request, target_.deadline,
        [this](const WatchOperationResponse& response) { return Take(response.event()); });
  }

  // False: enough.
  bool Take(const OperationEvent& event) {
    backoff_.Reset();
    if (event.sequence() != seen_ + 1) {
      result_ = absl::DataLossError(absl::StrCat(target_.operation, ": event ", event.sequence(),
                                                 " came after event ", seen_));
      return false;
    }
    seen_ = event.sequence();
    done_ = watcher_.OnEvent(event) == WatchNext::kStop || IsLast(event);
    return !done_;
  }

  Connection& connection_;
  const WatchTarget& target_;
  OperationWatcher& watcher_;
  Backoff backoff_;
  std::int64_t seen_;
  bool done_ = false;
  absl::Status result_;
};

}  // namespace

absl::Status WatchOperation(Connection& connection, const WatchTarget& target,
                            OperationWatcher& watcher) {
  return Watching(connection, target, watcher).Run();
}

bool IsLast(const OperationEvent& event) { return event.has_completed() || event.has_failed(); }

}  // namespace jpkid::client
