#pragma once

#include <string>

#include "base/reason.h"

namespace jpkid::rules {

// A reason, with the row of the seed page ("S8") or the source in words that it rests on.
struct Finding {
  Reason reason;
  ReasonMetadata metadata = {};
  std::string source = {};

  friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace jpkid::rules
