// Waiting for people, cards and the authority: always told, always with an end, never with the card
// in hand longer than agreed.

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

#include "base/ids.h"
#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/runner/operation.h"

namespace jpkid::runner {
namespace {

using events::AwaitedInput;
using events::Event;

// How soon a card that is there is tried again although nobody moved it.
constexpr absl::Duration kTryCardAgain = absl::Seconds(2);
constexpr absl::Duration kTryStoreAgain = absl::Seconds(1);
constexpr absl::Duration kFirstAuthorityPause = absl::Seconds(1);
constexpr absl::Duration kLongestAuthorityPause = absl::Minutes(1);

absl::Status Refused(Inbox::Wake wake) {
  return Fail(wake == Inbox::Wake::kStopping ? Reason::kShuttingDown : Reason::kOperationCancelled);
}

bool Ends(Inbox::Wake wake) {
  return wake == Inbox::Wake::kStopping || wake == Inbox::Wake::kCancelled;
}

}  // namespace

// Whether an ACTIVATE took effect the card alone knows: it is waited for as long as it takes. After
// that a proof that nobody stays for is given up, and the books are settled without it.
absl::Time Operation::InputDeadline() {
  const workflow::Step step = journal_.position().step;
  const bool card_alone_knows = step == workflow::Step::kActivate || workflow::IsNeverGivenUp(step);
  // A card that lies there and is tried again is nobody who acts.
  nobody_since_ = std::min(nobody_since_, SteadyNow());
  return card_alone_knows ? absl::InfiniteFuture() : nobody_since_ + limits_.input_wait;
}

absl::Status Operation::Tell(absl::string_view whom, const absl::Status& why,
                             std::vector<AwaitedInput> inputs) {
  const std::string reason =
      why.ok() ? std::string() : std::string(Row(FailureOf(why).reason).code);
  const std::string told = absl::StrCat(whom, " ", reason);
  if (inputs.empty() && told == told_) return absl::OkStatus();
  told_ = told;
  if (FailedFor(why, Reason::kCaNotSettled) || FailedFor(why, Reason::kCaRejected)) {
    LogError("operations/%s: %s", journal_.record().id(), std::string(why.message()));
  }
  store::OperationRecord& record = journal_.record();
  record.set_state(store::OperationRecord::WAITING);
  record.mutable_inputs()->Assign(inputs.begin(), inputs.end());
  Event& event = journal_.Note(Event::WAITING);
  (*event.mutable_values())["for"] = std::string(whom);
  if (!why.ok()) {
    (*event.mutable_values())["reason"] = reason;
    const Failure failure = FailureOf(why);
    for (const auto& [name, value] : failure.metadata) {
      (*event.mutable_values())[absl::StrCat("reason.", name)] = value;
    }
  }
  event.mutable_inputs()->Assign(inputs.begin(), inputs.end());
  inbox_.Await(std::move(inputs));  // Before anybody is told.
  return journal_.Write();
}

absl::Status Operation::WaitForPins(std::vector<AwaitedInput> inputs) {
  asked_ = inputs;
  JPKID_RETURN_IF_ERROR(Tell("pin", why_pins_, std::move(inputs)));
  const absl::Time deadline = InputDeadline();
  while (true) {
    const Inbox::Wake wake = inbox_.Wait(deadline, MayCancel());
    if (Ends(wake)) return Refused(wake);
    if (wake == Inbox::Wake::kTimeout) return Fail(Reason::kInputTimeout);
    if (wake == Inbox::Wake::kInput) break;
    if (wake == Inbox::Wake::kSome) {
      // For whoever looks what is still to be given.
      *journal_.record().mutable_inputs() = inbox_.Missing(journal_.record().inputs());
      JPKID_RETURN_IF_ERROR(journal_.Write());
    }
  }
  nobody_since_ = absl::InfiniteFuture();
  pins_ = inbox_.TakePins();
  journal_.record().clear_inputs();
  journal_.record().set_state(store::OperationRecord::RUNNING);
  told_.clear();
  return journal_.Write();
}

bool Operation::CardMayBeThere(std::uint64_t failed_insertion) const {
  for (const session::ReaderStatus& reader : parts_.sessions.List().readers) {
    if (reader.alias != journal_.record().reader()) continue;
    return reader.hardware.presence == hal::Presence::kPresent &&
           reader.hardware.insertion != failed_insertion;
  }
  return false;
}

absl::Status Operation::WaitForCard(const absl::Status& why) {
  constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::uint64_t failed_insertion = kNone;
  for (const session::ReaderStatus& reader : parts_.sessions.List().readers) {
    if (reader.alias == journal_.record().reader()) failed_insertion = reader.hardware.insertion;
  }
  turn_.End();
  pins_.clear();
  const std::string reason(Row(FailureOf(why).reason).code);
  if (told_ != absl::StrCat("card ", reason)) {
    AwaitedInput card;
    card.set_input_id(NewId());
    card.set_card_serial(journal_.record().card_serial());
    JPKID_RETURN_IF_ERROR(Tell("card", why, {card}));
  }
  const auto guard = parts_.sessions.OnChange([this] { inbox_.Poke(); });
  const absl::Time deadline = InputDeadline();
  const absl::Time try_again = SteadyNow() + kTryCardAgain;
  while (!CardMayBeThere(failed_insertion)) {
    const Inbox::Wake wake =
        inbox_.Wait(std::min(deadline, SteadyNow() + kTryCardAgain), MayCancel());
    if (Ends(wake)) return GoOn(Refused(wake));
    if (wake == Inbox::Wake::kInput) {
      inbox_.Await({});
      told_.clear();
      break;
    }
    if (SteadyNow() >= deadline) return GiveUp(Fail(Reason::kInputTimeout));
    // A card that lost contact for a moment is there again without having been moved.
    if (SteadyNow() >= try_again && CardMayBeThere(kNone)) return absl::OkStatus();
  }
  nobody_since_ = absl::InfiniteFuture();
  return absl::OkStatus();
}

// With the card for as long as agreed, and no longer than it is needed; then it is in custody, and
// its PINs will be asked for again.
absl::Status Operation::WaitForAuthority(const absl::Status& why) {
  if (!AwaitsAuthority()) {
    authority_since_ = SteadyNow();
    authority_pause_ = kFirstAuthorityPause;
  }
  const bool needed = workflow::NeedsCard(journal_.position(), journal_.kinds());
  const absl::Duration left = authority_since_ + limits_.ca_wait_with_card - SteadyNow();
  const absl::Duration pause = AuthorityPause(left);
  const bool kept = needed && pause <= left;
  if (!kept) turn_.End();
  const bool custody = needed && !kept;
  if (custody != journal_.record().in_custody()) {
    journal_.record().set_in_custody(custody);
    told_.clear();  // Written and told with the waiting.
  }
  JPKID_RETURN_IF_ERROR(Tell("ca", AuthorityTold(why), {}));
  return Pause(pause);
}

// As the authority wants it, or longer each time; its last moment with the card is used to ask.
absl::Duration Operation::AuthorityPause(absl::Duration left) {
  if (steps_.poll_after().has_value()) return *steps_.poll_after();
  absl::BitGen random;
  const absl::Duration pause = authority_pause_ * absl::Uniform(random, 0.5, 1.0);
  authority_pause_ = std::min(authority_pause_ * 2, kLongestAuthorityPause);
  return left > absl::ZeroDuration() ? std::min(pause, left) : pause;
}

// Whoever waits at the counter with a new certificate in force need not wait for the books.
absl::Status Operation::AuthorityTold(const absl::Status& why) const {
  const workflow::Position at = journal_.position();
  if (workflow::NeedsCard(at, journal_.kinds())) return why;
  if (!journal_.record().work(at.kind_index).activated()) return why;
  return Fail(Reason::kCaNotSettled, {{"detail", std::string(why.message())}});
}

// It is taken up from what the store holds, as by a daemon that was started anew, and the reader
// is free meanwhile.
absl::Status Operation::WaitForStore() {
  turn_.End();
  pins_.clear();
  told_.clear();
  inbox_.Await({});  // What was given and not used is asked for again.
  while (true) {
    const Inbox::Wake wake = inbox_.Sleep(SteadyNow() + kTryStoreAgain, /*cancellable=*/false);
    if (wake == Inbox::Wake::kStopping) return Fail(Reason::kShuttingDown);
    absl::Status status = journal_.Reload();
    if (status.ok()) status = journal_.Write();  // A full disk can be read.
    if (!FailedFor(status, Reason::kStoreUnavailable)) return status;
  }
}

absl::Status Operation::Pause(absl::Duration pause) {
  const Inbox::Wake wake = inbox_.Sleep(SteadyNow() + pause, MayCancel());
  return Ends(wake) ? GoOn(Refused(wake)) : absl::OkStatus();
}

}  // namespace jpkid::runner
