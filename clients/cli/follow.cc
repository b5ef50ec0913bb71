#include "clients/cli/follow.h"

#include <memory>

#include "absl/strings/str_cat.h"

#include "clients/cli/text.h"
#include "clients/cli/view.h"
#include "clients/lib/failure.h"
#include "clients/lib/watch.h"

namespace jpkid::cli {
namespace {

using jpki::v1::OperationEvent;

class Follower final : public client::OperationWatcher {
 public:
  Follower(const Context& context, const FollowTarget& target, Answers* answers)
      : context_(context), target_(target), answers_(answers), view_(MakeView(context)) {}

  client::WatchNext OnEvent(const OperationEvent& event) override {
    away_ = false;
    last_ = event;
    status_ = Take(event);
    return status_.ok() ? client::WatchNext::kGoOn : client::WatchNext::kStop;
  }

  void OnAway(const absl::Status& why) override {
    view_->Rest();
    if (!away_) {
      const client::Explanation told = client::Explain(why, context_.words().language());
      context_.Tell(context_.words()(Msg::kAway, told.message));
    }
    away_ = true;
  }

  const absl::Status& status() const { return status_; }
  const OperationEvent& last() const { return last_; }

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
  OperationEvent last_;
  bool away_ = false;
};

// Prints how it ended, after the events.
absl::Status PrintEnd(const Context& context, const std::string& operation,
                      const OperationEvent& last) {
  switch (context.stream_output()) {
    case Output::kJsonLines:
      return absl::OkStatus();  // The last event has told all.
    case Output::kJson: {
      JPKID_ASSIGN_OR_RETURN(const jpki::v1::Operation ended, GetOperation(context, operation));
      return context.Print(ended, "");
    }
    case Output::kText:
      if (last.has_completed()) {
        context.console().out << Text(context.words(), last.completed().receipt());
      } else {
        context.console().err << Text(context.words(), last.failed().failure());
      }
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace

Outcome Follow(const Context& context, const FollowTarget& target, Answers* answers) {
  Follower follower(context, target, answers);
  absl::Status status = client::WatchOperation(context.daemon(),
                                               {.operation = target.operation,
                                                .resume_after = target.resume_after,
                                                .deadline = target.deadline},
                                               follower);
  if (status.ok()) status = follower.status();
  if (!status.ok()) {
    if (!context.daemon().reached()) return status;
    context.Tell(context.words()(Msg::kStoppedWatching, target.operation));
    return status;
  }
  const OperationEvent& last = follower.last();
  JPKID_RETURN_IF_ERROR(PrintEnd(context, target.operation, last));
  return last.has_completed() ? ExitCode::kDone
                              : ExitCodeOfReason(last.failed().failure().reason());
}

}  // namespace jpkid::cli
