#pragma once

#include <algorithm>
#include <cstddef>

#include "base/bytes.h"

namespace jpkid::fuzz {

// Takes pieces off the fuzzer's input: each begins with its length, two octets, and ends with the
// input at the latest. Any input is a series of pieces.
class Pieces {
 public:
  explicit Pieces(ByteView input) : rest_(input) {}

  bool more() const { return rest_.size() >= 2; }

  ByteView Next() {
    if (!more()) return {};
    const std::size_t wanted = static_cast<std::size_t>(rest_[0]) << 8 | rest_[1];
    const ByteView piece = rest_.subspan(2, std::min(wanted, rest_.size() - 2));
    rest_ = rest_.subspan(2 + piece.size());
    return piece;
  }

 private:
  ByteView rest_;
};

}  // namespace jpkid::fuzz
