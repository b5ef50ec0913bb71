#pragma once

#include <optional>
#include <span>

#include "absl/strings/string_view.h"

// The course of an issue as a table: pure, no card, no clock, no store. The runner does what it
// says.
namespace jpkid::workflow {

enum class Step {
  kIdentify,          // Who is this card.
  kCheckEligibility,  // May the holder have the certificates today, and until when.
  kUnlock,            // The PINs: compared, or set for the first time.
  kMakeKey,           // A pending key pair on the card.
  kSignRequest,       // The card signs the certification request.
  kSubmit,            // To the authority; ends when it has issued.
  kWrite,             // Into the pending slot.
  kReadBack,          // And compare.
  kActivate,          // Pending becomes current, in one step of the card.
  kProve,             // A signature by the new key verifies with the new certificate.
  kConfirm,           // The authority learns that the certificate is on the card.
  kRevokeOld,         // The replaced certificate.
  kReceipt,
  // After a failure or a cancellation; each does what the one before it found to be needed.
  kLookInForce,  // Whether an ACTIVATE that was given up took effect: the card alone knows.
  kDropPending,  // What did not come into force: the pending slot is emptied,
  kRevokeNew,    // and the certificate that never reached a card is revoked.
  kSettleNew,    // What came into force: the authority learns that it is on the card,
  kSettleOld,    // and the certificate that it replaced is revoked.
  kEnded,
};

// What a step needs before it can be taken.
enum class Needs {
  kNothing,
  kCard,      // The card of the operation on its reader.
  kOpenCard,  // The same, with its PINs verified.
};

struct StepRow {
  Step step;
  absl::string_view name;
  Needs needs;
  bool per_kind;    // Taken once per certificate.
  Step next;        // When it is done. After the last per-kind step: the next kind's first one.
  Step on_failure;  // When it failed for good or the operation was cancelled; the step itself: it
                    // is never given up, whatever fails is waited for.
  int weight;       // Of the time an issue takes, for the percentage.
};

// Where an operation stands.
struct Position {
  Step step = Step::kIdentify;
  int kind_index = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

enum class Outcome { kDone, kFailed };

std::span<const StepRow> Table();
const StepRow& Row(Step step);
inline absl::string_view Name(Step step) { return Row(step).name; }
std::optional<Step> ParseStep(absl::string_view name);

// Where it goes from `position` with `kinds` certificates to make.
Position Next(Position position, Outcome outcome, int kinds);

// Whether `step` is taken again and again until it is done: the books cannot be left as they are.
bool IsNeverGivenUp(Step step);

// Whether the card is needed in what is still to come, when nothing more fails.
bool NeedsCard(Position position, int kinds);

// Whether a cancellation still leaves everything as it was: no certificate has been activated.
bool MayCancel(Position position);

// How far an operation at `position` is.
struct Progress {
  int step;   // From 1.
  int steps;  // In all.
  int percent;
};
Progress ProgressAt(Position position, int kinds);

}  // namespace jpkid::workflow
