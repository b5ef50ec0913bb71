#pragma once

#include "absl/status/status.h"

#include "hal/sim/card_image.pb.h"

namespace jpkid::hal::sim {

inline constexpr std::uint32_t kImageFormat = 1;

// Whether `image` can be a card. INVALID_ARGUMENT names the first field that cannot.
absl::Status CheckImage(const CardImage& image);

}  // namespace jpkid::hal::sim
