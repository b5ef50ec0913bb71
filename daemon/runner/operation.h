#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

#include "daemon/runner/card_turn.h"
#include "daemon/runner/inbox.h"
#include "daemon/runner/journal.h"
#include "daemon/runner/runner.h"
#include "daemon/runner/steps.h"

namespace jpkid::runner {

// One operation under way. Its thread is inside Run; clients reach it through its inbox.
class Operation {
 public:
  // Parts and limits outlive it.
  Operation(store::Claimed claimed, const Parts& parts, const Limits& limits);

  // Takes step after step until the operation has ended, the daemon stops, or another daemon owns
  // it.
  void Run();

  // Ends the operation, which has seen no card yet, because its daemon is gone: its case may be run
  // anew, wherever the card is.
  void Abandon();

  Inbox& inbox() { return inbox_; }

 private:
  // operation.cc: the course.
  void GoToEnd(absl::FunctionRef<absl::Status()> act);
  absl::Status TakeStep();
  absl::Status GoOn(const absl::Status& failure);
  absl::Status GiveUp(const absl::Status& failure);
  bool IsNoAnswerYet(Reason reason) const;
  workflow::Needs NeedsAt(workflow::Position at) const;
  std::optional<absl::Status> WrongOnForm(const absl::Status& failure) const;
  absl::Status Advance(absl::string_view outcome, workflow::Outcome which);

  // preparation.cc: what a step needs.
  absl::Status Prepare(workflow::Needs needs);
  absl::Status BeginTurn();
  absl::Status Unlock();
  absl::Status MakePins(const std::vector<events::AwaitedInput>& needed);
  absl::StatusOr<std::vector<events::AwaitedInput>> PinsToAskFor();
  bool SetsPin(certs::Kind kind, const card::PinStatus& status) const;
  absl::Status TryPins(const std::vector<events::AwaitedInput>& needed);
  absl::Status TryPin(const events::AwaitedInput& needed, PinGiven given);

  // waiting.cc: who is waited for.
  absl::Status WaitForPins(std::vector<events::AwaitedInput> inputs);
  absl::Status WaitForCard(const absl::Status& why);
  absl::Status WaitForAuthority(const absl::Status& why);
  bool AwaitsAuthority() const { return authority_since_ != absl::InfiniteFuture(); }
  absl::Duration AuthorityPause(absl::Duration left);
  absl::Status AuthorityTold(const absl::Status& why) const;
  absl::Status WaitForStore();
  absl::Status Pause(absl::Duration pause);
  bool CardMayBeThere(std::uint64_t failed_insertion) const;
  absl::Time InputDeadline();
  absl::Status Tell(absl::string_view whom, const absl::Status& why,
                    std::vector<events::AwaitedInput> inputs);
  bool MayCancel() const { return workflow::MayCancel(journal_.position()); }

  const Parts& parts_;
  const Limits& limits_;
  Inbox inbox_;
  Journal journal_;
  CardTurn turn_;
  Steps steps_;
  std::vector<PinGiven> pins_;                           // Given and not yet tried.
  std::vector<events::AwaitedInput> asked_;              // As they were asked for.
  absl::Status why_pins_ = absl::OkStatus();             // Why they are asked for again.
  std::string told_;                                     // Who is waited for and why, as last told.
  absl::Time nobody_since_ = absl::InfiniteFuture();     // Somebody is waited for who did nothing.
  absl::Time authority_since_ = absl::InfiniteFuture();  // It has been waited for.
  absl::Duration authority_pause_ = absl::ZeroDuration();
  int doubtful_answers_ = 0;  // Of the card, in a row.
};

}  // namespace jpkid::runner
