#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "tests/faults/trap.h"

namespace jpkid::faults {

// One thing that goes wrong at one moment.
struct FaultPoint {
  Site site;
  int nth;  // Which act there, from 1.
  Action action;
  // Of kHook, one of: what the simulated card is told (hal/sim/fault.proto, the action alone), or
  // by how much the clock jumps.
  std::string card_fault = {};
  absl::Duration clock_jump = absl::ZeroDuration();
  const char* name;  // "torn out after its effect"
  // The store is copied at this moment, and put back when all is over: it is behind its card.
  bool restored = false;
  // From this moment on every PIN that is typed is wrong.
  bool wrong_pins = false;
  // The clerk cancels the operation at this moment.
  bool cancelled = false;
};

// How often the daemon acts at each site in a run that nothing disturbs.
struct Acts {
  int card = 0;
  int unidentified = 0;  // The first of them: no card is the operation's yet.
  int authority = 0;
  int store = 0;
};

// Everything that can go wrong at each of them. `other_card`: the file of a card that is not the
// operation's.
std::vector<FaultPoint> AllFaultPoints(const Acts& acts, const std::string& other_card);

// "card 17: torn out after its effect"
std::string InWords(const FaultPoint& point);

}  // namespace jpkid::faults
