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
    StepRow{kActivate, "activate", kOpenCard, true, kProve, kLookInForce, 1},
    StepRow{kProve, "prove", kOpenCard, true, kConfirm, kSettleNew, 4},
    StepRow{kConfirm, "confirm", kNothing, true, kRevokeOld, kConfirm, 1},
    StepRow{kRevokeOld, "revoke-old", kNothing, true, kReceipt, kRevokeOld, 1},
    StepRow{kReceipt, "receipt", kNothing, false, kEnded, kReceipt, 1},
    StepRow{kLookInForce, "look-in-force", kCard, false, kDropPending, kLookInForce, 0},
    StepRow{kDropPending, "drop-pending", kNothing, false, kRevokeNew, kRevokeNew, 0},
    StepRow{kRevokeNew, "revoke-new", kNothing, false, kSettleNew, kSettleNew, 0},
    StepRow{kSettleNew, "settle-new", kNothing, false, kSettleOld, kSettleNew, 0},
    StepRow{kSettleOld, "settle-old", kNothing, false, kEnded, kSettleOld, 0},
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

bool IsNeverGivenUp(Step step) { return step != kEnded && Row(step).on_failure == step; }

bool NeedsCard(Position position, int kinds) {
  for (; position.step != kEnded; position = Next(position, Outcome::kDone, kinds)) {
    if (Row(position.step).needs != kNothing) return true;
  }
  return false;
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
  if (!reached) return {.step = 1, .steps = progress.steps, .percent = 0};  // It is undone.
  progress.percent = total == 0 ? 0 : before * 100 / total;
  return progress;
}

}  // namespace jpkid::workflow
