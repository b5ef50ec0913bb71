#include "tests/faults/scenario.h"

namespace jpkid::faults {

const char* Name(Scenario scenario) {
  switch (scenario) {
    case Scenario::kIssue:
      return "issue";
    case Scenario::kRenew:
      return "renew";
    case Scenario::kUndo:
      return "undo";
    case Scenario::kUndoRenewal:
      return "undo-renewal";
    case Scenario::kUndoSecond:
      return "undo-second";
    case Scenario::kUndoDirect:
      break;
  }
  return "undo-direct";
}

}  // namespace jpkid::faults
