#pragma once

#include <cstdint>
#include <string>

#include "clients/cli/answers.h"
#include "clients/cli/context.h"

namespace jpkid::cli {

struct FollowTarget {
  std::string operation;          // `operations/{id}`
  std::int64_t resume_after = 0;  // Events up to this one are not shown.
  absl::Time deadline;
};

// Shows what happens in an operation until it ends, answers what it asks for (`answers` is nullptr:
// only looks on), and prints the receipt, or why there is none. What it ends with is the
// operation's own end. When it stops early it says how to go on.
Outcome Follow(const Context& context, const FollowTarget& target, Answers* answers);

}  // namespace jpkid::cli
