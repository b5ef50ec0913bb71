#include "clients/cli/follow.h"

#include <memory>

#include "absl/strings/str_cat.h"

#include "clients/cli/text.h"
#include "clients/cli/view.h"
#include "clients/lib/failure.h"
#include "clients/lib/watch.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Operation;
using jpki::v1::OperationEvent;

class Follower final : public client::OperationWatcher {
 public:
  Follower(const Context& context, const FollowTarget& target, Answers* answers)
      : context_(context), target_(target), answers_(answers), view_(MakeView(context)) {}

  client::WatchNext OnEvent(const OperationEvent& event) override {
    away_ = false;
    if (event.has_completed()) *end_.mutable_receipt() = event.completed().receipt();
    if (event.has_failed()) *end_.mutable_failure() = event.failed().failure();
    status_ = Take(event);
    return status_.ok() ? client::WatchNext::kGoOn : client::WatchNext::kStop;
  }

  void OnEnded(const Operation& operation) override { end_ = operation; }

  void OnAway(const absl::Status& why) override {
    view_->Rest();
    if (!away_) {
      const client::Explanation told = client::Explain(why, context_.words().language());
      context_.Tell(context_.words()(Msg::kAway, told.message));
    }
    away_ = true;
  }

  void Rest() { view_->Rest(); }

  // What was asked for before the first event that is shown is still waited for.
  absl::Status AnswerWhatIsAsked() {
    if (answers_ == nullptr || target_.resume_after == 0) return absl::OkStatus();
    const absl::StatusOr<Operation> now = GetOperation(context_, target_.operation);
    if (!now.ok()) return absl::OkStatus();  // The watching says why, or tries again.
    OperationEvent::Waiting waiting;
    *waiting.mutable_inputs() = now->pending_inputs();
    return answers_->Give(target_.operation, waiting);
  }

  // Why the watching was stopped from here.
  const absl::Status& status() const { return status_; }
  // Its receipt or its failure; what else it says need not be there.
  const Operation& end() const { return end_; }

 private:
  absl::Status Take(const OperationEvent& event) {
    JPKID_RETURN_IF_ERROR(view_->Show(event));
    const bool answer = event.has_waiting() && answers_ != nullptr;
    if (answer || client::IsLast(event)) view_->Rest();
    if (!answer) return absl::OkStatus();
    return answers_->Give(target_.operation, event.waiting());
  }

  const Context& context_;
  const FollowTarget& target_;
  Answers* const answers_;
  const std::unique_ptr<View> view_;
  absl::Status status_;
  Operation end_;
  bool away_ = false;
};

// Prints how it ended, after the events: for people a failure stands on standard error, whatever
// form standard output has.
absl::Status PrintEnd(const Context& context, const std::string& operation, const Operation& end) {
  if (context.stream_output() == Output::kJson) {  // Of JSON lines the last event has told all.
    JPKID_ASSIGN_OR_RETURN(const Operation ended,
                           GetOperation(context, operation, context.FarewellDeadline()));
    JPKID_RETURN_IF_ERROR(context.Print(ended, ""));
  }
  if (!end.has_receipt()) {
    context.console().err << Text(context.words(), end.failure());
  } else if (context.stream_output() == Output::kText) {
    context.console().out << Text(context.words(), end.receipt()) << std::flush;
  }
  // Full, or closed: what was done must not be lost.
  const bool lost = end.has_receipt() && !context.console().out.good();
  if (lost) context.console().err << Text(context.words(), end.receipt());
  return absl::OkStatus();
}

Outcome Ended(const Context& context, const std::string& operation, const Operation& end) {
  JPKID_RETURN_IF_ERROR(PrintEnd(context, operation, end));
  return end.has_receipt() ? ExitCode::kDone : ExitCodeOfReason(end.failure().reason());
}

// Whether the daemon would not let the operation be watched: nothing is known of it.
bool IsRefusal(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsInvalidArgument(status) ||
         absl::IsPermissionDenied(status) || absl::IsUnauthenticated(status);
}

// The watching is over before the operation is: what it has done to the card only its end can tell,
// whatever the catalogue says of `why`.
Outcome StopEarly(const Context& context, const std::string& operation, const absl::Status& why) {
  const absl::StatusOr<Operation> now =
      GetOperation(context, operation, context.FarewellDeadline());
  if (now.ok() && client::HasEnded(*now)) return Ended(context, operation, *now);
  if (now.ok() && context.stream_output() == Output::kJson) {
    JPKID_RETURN_IF_ERROR(context.Print(*now, ""));
  }
  if (!context.daemon().interruption().raised()) context.TellFailure(why, CardUse::kNone);
  context.Tell(context.words()(Msg::kStoppedWatching, operation));
  return ExitCodeOf(why);
}

}  // namespace

Outcome Follow(const Context& context, const FollowTarget& target, Answers* answers) {
  Follower follower(context, target, answers);
  if (const absl::Status given = follower.AnswerWhatIsAsked(); !given.ok()) {
    return StopEarly(context, target.operation, given);
  }
  const absl::Status watched = client::WatchOperation(context.daemon(),
                                                      {.operation = target.operation,
                                                       .resume_after = target.resume_after,
                                                       .deadline = target.deadline},
                                                      follower);
  follower.Rest();
  if (!context.daemon().reached() || IsRefusal(watched)) return watched;
  const absl::Status& why = watched.ok() ? follower.status() : watched;
  if (!why.ok()) return StopEarly(context, target.operation, why);
  return Ended(context, target.operation, follower.end());
}

}  // namespace jpkid::cli
