#pragma once

namespace jpkid::faults {

// What is done to the card.
enum class Scenario {
  kIssue,  // Both certificates on a new card.
  kRenew,  // In place of two that near their end.
  // What the card refuses at ACTIVATE, so that all is taken back:
  kUndo,         // an issue,
  kUndoRenewal,  // a renewal,
  kUndoSecond,   // the signature certificate's renewal, after the other one's is done,
  kUndoDirect,   // a renewal on a card without pending slots: nothing is left.
};
const char* Name(Scenario scenario);
inline bool IsUndone(Scenario scenario) { return scenario >= Scenario::kUndo; }

}  // namespace jpkid::faults
