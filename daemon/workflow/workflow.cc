#include "daemon/workflow/workflow.h"

#include <array>

namespace jpkid::workflow {
namespace {

using enum Step;
using enum Needs;

// Weights are tenths of a second of a card with a contactless interface (the link model of the
// simulated card).
constexpr std::array kTable = {
    //       step              name                needs      per kind  next            on failure
    //       weight
    StepRow{kIdentify, "identify", kCard, false, kCheckEligibility, kEnded, 1},
    StepRow{kCheckEligibility, "check-eligibility", kCard, false, kUnlock, kEnded, 1},
    StepRow{kUnlock, "unlock", kOpenCard, false, kMakeKey, kEnded, 2},
    StepRow{kMakeKey, "make-key", kOpenCard, true, kSignRequest, kDropPending, 80},
    StepRow{kSignRequest, "sign-request", kOpenCard, true, kSubmit, kDropPending, 4},
    StepRow{kSubmit, "submit", kNothing, true, kWrite, kDropPending, 10},
    StepRow{kWrite, "write", kOpenCard, true, kReadBack, kDropPending, 6},
    StepRow{kReadBack, "read-back", kOpenCard, true, kActivate, kDropPending, 5},
    StepRow{kActivate, "activate", kOpenCard, true, kProve, kDropPending, 1},
    StepRow{kProve, "prove", kOpenCard, true, kConfirm, kEnded, 4},
    StepRow{kConfirm, "confirm", kNothing, true, kRevokeOld, kEnded, 1},
    StepRow{kRevokeOld, "revoke-old", kNothing, true, kReceipt, kEnded, 1},
    StepRow{kReceipt, "receipt", kNothing, false, kEnded, kEnded, 1},
    StepRow{kDropPending, "drop-pending", kNothing, false, kRevokeNew, kRevokeNew, 0},
    StepRow{kRevokeNew, "revoke-new", kNothing, false, kEnded, kEnded, 0},
    StepRow{kEnded, "ended", kNothing, false, kEnded, kEnded, 0},
};

constexpr Step kFirstPerKind = kMakeKey;
constexpr Step kLastPerKind = kRevokeOld;

}  // namespace

std::span<const StepRow> Table() { return kTable; }

const StepRow& Row(Step step) { return kTable[static_cast<std::size_t>(step)]; }

std::optional<Step> ParseStep(absl::string_view name) {
  for (const StepRow& row : kTable) {
    if (row.name == name) return row.step;
  }
  return std::nullopt;
}

Position Next(Position position, Outcome outcome, int kinds) {
  const StepRow& row = Row(position.step);
  if (outcome == Outcome::kFailed) {
    return {.step = row.on_failure, .kind_index = position.kind_index};
  }
  if (row.step == kLastPerKind && position.kind_index + 1 < kinds) {
    return {.step = kFirstPerKind, .kind_index = position.kind_index + 1};
  }
  return {.step = row.next, .kind_index = position.kind_index};
}

bool MayCancel(Position position) { return position.kind_index == 0 && position.step < kActivate; }

Progress ProgressAt(Position position, int kinds) {
  Progress progress = {.step = 1, .steps = 0, .percent = 0};
  int before = 0;
  int total = 0;
  bool reached = false;
  for (Position at; at.step != kEnded; at = Next(at, Outcome::kDone, kinds)) {
    reached = reached || at == position;
    const int weight = Row(at.step).weight;
    if (!reached) before += weight;
    if (!reached) ++progress.step;
    total += weight;
    ++progress.steps;
  }
  progress.step = progress.step > progress.steps ? progress.steps : progress.step;
  progress.percent = total == 0 ? 0 : before * 100 / total;
  return progress;
}

}  // namespace jpkid::workflow
