#pragma once

#include <cstdint>

#include "hal/reader.h"
#include "hal/sim/timing.h"

namespace jpkid {

// A connection that adds up what its octets take on the wire (Type B at 106 kbit/s), without the
// card's own work.
class WireMeter final : public hal::Card {
 public:
  // `card` outlives it.
  explicit WireMeter(hal::Card& card) : card_(card) {}

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override {
    absl::StatusOr<Bytes> answer = card_.TransmitRaw(apdu);
    ns_ += hal::sim::LinkModel::TypeB().WireNs(apdu.size(), answer.value().size());
    return answer;
  }
  std::uint64_t insertion() const override { return card_.insertion(); }

  std::int64_t ns() const { return ns_; }

  // What `octets` alone take: 10 etu each, of 128 cycles of the 13.56 MHz carrier.
  static double PayloadNs(std::size_t octets) {
    return static_cast<double>(octets) * 10 * 128 / 13.56e-3;
  }

 protected:
  absl::Status CutPower() override { return card_.PowerDown(); }

 private:
  hal::Card& card_;
  std::int64_t ns_ = 0;
};

}  // namespace jpkid
