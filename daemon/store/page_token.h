#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/statusor.h"

namespace jpkid::store {

// Where a page of what is listed newest first ended: the last one's time of creation and id. What
// is created later comes before it and moves nothing.
struct Place {
  std::int64_t time_us = std::numeric_limits<std::int64_t>::max();
  std::string id;
};

inline constexpr int kLongestPage = 1000;

std::string PageToken(const Place& place);

// ARGUMENT_INVALID for a token that is none of ours; an empty one is the beginning.
absl::StatusOr<Place> ParsePageToken(const std::string& token);

}  // namespace jpkid::store
