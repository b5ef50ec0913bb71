#include "daemon/runner/journal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::runner {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(100);

}  // namespace

Journal::Journal(store::Claimed claimed, const Parts& parts, const Limits& limits, Inbox& inbox)
    : record_(std::move(claimed.record)),
      epoch_(claimed.epoch),
      parts_(parts),
      limits_(limits),
      inbox_(inbox) {}

workflow::Position Journal::position() const {
  // A step that this version does not know was written by a newer one: begin with what is safe to
  // do again.
  return {.step = workflow::ParseStep(record_.step()).value_or(workflow::Step::kIdentify),
          .kind_index = record_.kind_index()};
}

std::string Journal::StepName() const {
  const workflow::StepRow& row = workflow::Row(position().step);
  if (!row.per_kind) return std::string(row.name);
  return absl::StrCat(row.name, " ", record_.kinds(record_.kind_index()));
}

events::Event& Journal::Note(events::Event::Type type, absl::string_view kind) {
  const workflow::Progress progress = workflow::ProgressAt(position(), kinds());
  events::Event event;
  event.set_time_us(absl::ToUnixMicros(parts_.clock.Now()));
  event.set_type(type);
  event.set_kind(std::string(kind));
  // What is undone is no progress, but never a step back either.
  event.set_step(std::max(progress.step, record_.progress_step()));
  event.set_steps(progress.steps);
  event.set_percent(std::max(progress.percent, record_.progress_percent()));
  if (type == events::Event::COMPLETED) event.set_percent(100);
  noted_.push_back(std::move(event));
  return noted_.back();
}

absl::Status Journal::WriteIntent() {
  return WriteLine(
      store::JournalLine{.step = StepName(), .phase = store::JournalLine::Phase::kIntent});
}

absl::Status Journal::WriteResult(absl::string_view outcome, workflow::Position next) {
  const store::JournalLine line = {.step = StepName(),
                                   .phase = store::JournalLine::Phase::kResult,
                                   .outcome = std::string(outcome)};
  record_.set_step(std::string(workflow::Name(next.step)));
  record_.set_kind_index(next.kind_index);
  return WriteLine(line);
}

absl::Status Journal::Write() { return WriteLine(std::nullopt); }

absl::Status Journal::PutPersonal(const std::string& item, ByteView data) {
  return parts_.store.PutPersonal(record_.id(), epoch_, item, data);
}

absl::Status Journal::Reload() {
  noted_.clear();
  JPKID_ASSIGN_OR_RETURN(record_, parts_.store.Get(record_.id()));
  return absl::OkStatus();
}

absl::Status Journal::WriteLine(const std::optional<store::JournalLine>& line) {
  for (events::Event& event : noted_) {
    record_.set_last_sequence(record_.last_sequence() + 1);
    event.set_sequence(record_.last_sequence());
    record_.set_progress_step(event.step());
    record_.set_progress_steps(event.steps());
    record_.set_progress_percent(event.percent());
  }
  record_.set_update_time_us(absl::ToUnixMicros(parts_.clock.Now()));
  absl::Status status = parts_.store.Write(record_, epoch_, line, noted_);
  // Without its journal nothing may be done to the card: wait until the store is back, or has been
  // away for so long that the card must not be kept.
  const absl::Time limit = SteadyNow() + limits_.store_wait_with_card;
  for (absl::Duration pause = kFirstPause; FailedFor(status, Reason::kStoreUnavailable);
       pause *= 2) {
    LogError("operations/%s waits for the store: %s", record_.id(), std::string(status.message()));
    const absl::Time until = std::min(SteadyNow() + pause, limit);
    if (inbox_.Sleep(until, /*cancellable=*/false) == Inbox::Wake::kStopping) return status;
    if (SteadyNow() >= limit) return status;
    // A commit whose outcome was lost may have happened.
    const absl::StatusOr<store::OperationRecord> stored = parts_.store.Get(record_.id());
    const bool written =
        stored.ok() && !noted_.empty() && stored->last_sequence() == record_.last_sequence();
    status = written ? absl::OkStatus() : parts_.store.Write(record_, epoch_, line, noted_);
  }
  JPKID_RETURN_IF_ERROR(status);
  const bool told = !noted_.empty();
  noted_.clear();
  if (told) parts_.feed.Tell(record_.id());
  return absl::OkStatus();
}

}  // namespace jpkid::runner
