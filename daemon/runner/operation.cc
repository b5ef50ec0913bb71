#include "daemon/runner/operation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "base/log.h"
#include "base/status.h"

namespace jpkid::runner {
namespace {

using events::Event;

// A card that gives doubtful answers is powered down and asked again so many times.
constexpr int kMostDoubtfulAnswers = 3;

// What to do about a failure.
enum class Remedy {
  kLeave,
  kWaitForCard,
  kAskPinsAgain,
  kWaitForAuthority,
  kTryAgain,
  kPause,
  kGiveUp,
};

Remedy RemedyFor(Reason reason) {
  switch (reason) {
    case Reason::kShuttingDown:
    case Reason::kOwnershipLost:
    case Reason::kStoreUnavailable:  // Run waits for it, whatever was under way.
      return Remedy::kLeave;
    case Reason::kReaderUnknown:
    case Reason::kReaderUnavailable:
    case Reason::kReaderHung:
    case Reason::kReaderBusy:
    case Reason::kCardAbsent:
    case Reason::kCardRemoved:
    case Reason::kCardMute:
    case Reason::kCardHeldElsewhere:
    case Reason::kCardNotJpki:
    case Reason::kCardWrong:
      return Remedy::kWaitForCard;
    case Reason::kPinWrong:
    case Reason::kPinNotVerified:
      return Remedy::kAskPinsAgain;
    case Reason::kCaUnavailable:
      return Remedy::kWaitForAuthority;
    case Reason::kCardStatus:
    case Reason::kCardAnswerInvalid:
    case Reason::kSecureChannelBroken:
      return Remedy::kTryAgain;
    case Reason::kOverloaded:
      return Remedy::kPause;
    default:
      return Remedy::kGiveUp;
  }
}

bool CardChanged(const store::OperationRecord& record) {
  return record.pins_set_size() > 0 || std::any_of(record.work().begin(), record.work().end(),
                                                   [](const store::CertificateWork& work) {
                                                     return work.activated() || work.old_dropped();
                                                   });
}

}  // namespace

Operation::Operation(store::Claimed claimed, const Parts& parts, const Limits& limits)
    : parts_(parts),
      limits_(limits),
      journal_(std::move(claimed), parts, limits, inbox_),
      turn_(parts, limits, journal_.record().reader(),
            absl::StrCat("operations/", journal_.record().id())),
      steps_(parts, limits, journal_, turn_) {
  if (!MayCancel()) inbox_.CloseToCancel();
}

void Operation::Run() {
  if (journal_.record().state() != store::OperationRecord::QUEUED) {
    (*journal_.Note(Event::RESUMED).mutable_values())["message"] =
        "taken up again from its journal and the card";
  }
  GoToEnd([this] { return TakeStep(); });
}

void Operation::Abandon() {
  GoToEnd([this] { return GiveUp(Fail(Reason::kOwnershipLost)); });
}

void Operation::GoToEnd(absl::FunctionRef<absl::Status()> act) {
  absl::Status status;
  while (status.ok() && journal_.position().step != workflow::Step::kEnded) {
    status = act();
    if (FailedFor(status, Reason::kStoreUnavailable)) status = WaitForStore();
  }
  turn_.End();
  inbox_.MarkLeft();
  if (!status.ok()) {
    LogInfo("operations/%s is left as it stands: %s", journal_.record().id(),
            std::string(status.message()));
  }
}

absl::Status Operation::TakeStep() {
  const workflow::Position at = journal_.position();
  // First the cancellation: whoever heard that it was taken shall find it written.
  if (MayCancel() ? inbox_.cancelled()
                  : at.step == workflow::Step::kActivate && !inbox_.CloseToCancel()) {
    return GiveUp(Fail(Reason::kOperationCancelled));
  }
  if (inbox_.stopping()) return Fail(Reason::kShuttingDown);
  absl::Status status = Prepare(NeedsAt(at));
  if (status.ok()) {
    // While the authority is asked again it is still waited for.
    if (!AwaitsAuthority()) journal_.record().set_state(store::OperationRecord::RUNNING);
    journal_.record().clear_inputs();
    status = journal_.WriteIntent();
  }
  if (status.ok()) status = steps_.Take(at.step);
  if (!status.ok()) return GoOn(status);
  doubtful_answers_ = 0;
  nobody_since_ = absl::InfiniteFuture();
  told_.clear();
  if (AwaitsAuthority()) journal_.record().set_state(store::OperationRecord::RUNNING);
  authority_since_ = absl::InfiniteFuture();
  journal_.record().set_in_custody(false);
  return Advance("done", workflow::Outcome::kDone);
}

// What a failed step means for the operation: most failures are waited out and the step is taken
// again.
absl::Status Operation::GoOn(const absl::Status& failure) {
  if (const std::optional<absl::Status> mismatch = WrongOnForm(failure)) return GiveUp(*mismatch);
  const Reason reason = FailureOf(failure).reason;
  switch (IsNoAnswerYet(reason) ? Remedy::kWaitForAuthority : RemedyFor(reason)) {
    case Remedy::kLeave:
      return failure;
    case Remedy::kWaitForCard:
      if (MayCancel() && inbox_.cancelled()) return GiveUp(Fail(Reason::kOperationCancelled));
      return inbox_.stopping() ? Fail(Reason::kShuttingDown) : WaitForCard(failure);
    case Remedy::kAskPinsAgain:
      why_pins_ = failure;
      turn_.End();
      return absl::OkStatus();
    case Remedy::kWaitForAuthority:
      return WaitForAuthority(failure);
    case Remedy::kTryAgain:
      turn_.End();
      if (++doubtful_answers_ < kMostDoubtfulAnswers) return absl::OkStatus();
      break;
    case Remedy::kPause:
      turn_.End();
      return Pause(absl::Seconds(1));
    case Remedy::kGiveUp:
      break;
  }
  const workflow::Step step = journal_.position().step;
  if (!workflow::IsNeverGivenUp(step)) return GiveUp(failure);
  const bool at_card = workflow::Row(step).needs != workflow::Needs::kNothing;
  return at_card ? WaitForCard(failure) : WaitForAuthority(failure);
}

// Words that are not the authority's own are no answer: it may have issued or revoked all the same,
// so that whoever ended over them would leave its book and the card apart. A certificate that came
// and does not fit is another matter: asked again it is the same. What it may refuse for good is a
// certificate; to take note of what is on a card, or to revoke, it is asked until it does.
bool Operation::IsNoAnswerYet(Reason reason) const {
  const workflow::Position at = journal_.position();
  const bool asks_for_certificate = at.step == workflow::Step::kSubmit;
  if (reason == Reason::kCaRejected) return at.step > workflow::Step::kSubmit;
  if (reason != Reason::kCaAnswerInvalid && reason != Reason::kCaProtectionInvalid) return false;
  return !asks_for_certificate || !journal_.record().work(at.kind_index).issued();
}

// A store that was restored from a backup does not know whether the certificate has come into force
// since: only the card does.
workflow::Needs Operation::NeedsAt(workflow::Position at) const {
  const bool asks_card = journal_.record().restored() && at.step == workflow::Step::kRevokeNew &&
                         journal_.record().work(at.kind_index).submitted();
  return asks_card ? workflow::Needs::kOpenCard : workflow::Row(at.step).needs;
}

// A PIN from the holder's reply form is not asked for again: the holder is not there.
std::optional<absl::Status> Operation::WrongOnForm(const absl::Status& failure) const {
  const Failure why = FailureOf(failure);
  if (!journal_.record().pins_from_form()) return std::nullopt;
  if (why.reason != Reason::kPinWrong && why.reason != Reason::kPinBlocked) return std::nullopt;
  ReasonMetadata metadata = why.metadata;
  metadata.emplace("tries_left", "0");  // Of PIN_BLOCKED, which names none.
  return Fail(Reason::kReplyFormPinWrong, std::move(metadata));
}

absl::Status Operation::GiveUp(const absl::Status& failure) {
  inbox_.CloseToCancel();
  pins_.clear();
  const Failure why = FailureOf(failure);
  store::OperationRecord& record = journal_.record();
  record.clear_inputs();
  if (!record.has_failure()) {
    record.mutable_failure()->set_reason(std::string(Row(why.reason).code));
    record.mutable_failure()->mutable_metadata()->insert(why.metadata.begin(), why.metadata.end());
  }
  if (journal_.position().step == workflow::Step::kRevokeNew) {
    LogError("operations/%s ends, and a certificate that is on no card may still be valid: %s",
             record.id(), std::string(failure.message()));
  }
  JPKID_RETURN_IF_ERROR(Advance(Row(why.reason).code, workflow::Outcome::kFailed));
  inbox_.MarkCancelWritten();
  return absl::OkStatus();
}

// Writes the result of the step at hand and goes on; with the last step the operation's end is
// written as well.
absl::Status Operation::Advance(absl::string_view outcome, workflow::Outcome which) {
  const workflow::Position next = workflow::Next(journal_.position(), which, journal_.kinds());
  store::OperationRecord& record = journal_.record();
  if (next.step == workflow::Step::kEnded && record.has_failure()) {
    record.mutable_failure()->set_card_changed(CardChanged(record));
    const bool cancelled = record.failure().reason() == Row(Reason::kOperationCancelled).code;
    record.set_state(cancelled ? store::OperationRecord::CANCELLED
                               : store::OperationRecord::FAILED);
    record.set_end_time_us(absl::ToUnixMicros(parts_.clock.Now()));
    record.clear_request_digest();
    (*journal_.Note(Event::FAILED).mutable_values())["reason"] = record.failure().reason();
  }
  return journal_.WriteResult(outcome, next);
}

}  // namespace jpkid::runner
