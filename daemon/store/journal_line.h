#pragma once

#include <string>

namespace jpkid::store {

// One line of an operation's journal: the intent is written before a step is taken, the result
// after it.
struct JournalLine {
  enum class Phase { kIntent, kResult };
  std::string step;  // As workflow::Name gives it; with the kind: "make-key auth".
  Phase phase = Phase::kIntent;
  std::string outcome = {};  // Of a result: "done", or a code of the catalogue.
};

}  // namespace jpkid::store
