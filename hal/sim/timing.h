#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "hal/sim/card_image.pb.h"

namespace jpkid::hal::sim {

// The time that commands take, computed and never measured: integers, no clock, the same on every
// machine. T = Σ (wire + card + host). Version 1 of the profiles; their constants are assumptions.
class LinkModel {
 public:
  // ISO/IEC 14443 Type B at `k` times 106 kbit/s: k = 1, 2, 4 or 8.
  static LinkModel TypeB(int k = 1);

  // T=1 (ISO/IEC 7816-3) over contacts, at the bit rate that our ATR leaves as the default.
  static LinkModel T1Contact();

  // On the wire, in ns: a command APDU of `command` octets and its answer of `answer` octets (0:
  // none came).
  std::int64_t WireNs(std::size_t command, std::size_t answer) const;

  // The whole exchange, in ns: wire, the card's own work for this command, the host.
  std::int64_t ExchangeNs(ByteView command, std::size_t answer, KeyAlgorithm algorithm) const;

 private:
  // All lengths of time are counted in ticks: cycles of the 13.56 MHz carrier, or etu of the
  // contact interface.
  struct Profile {
    std::int64_t octet;            // One octet on the wire.
    std::int64_t block;            // What each block costs beside its octets.
    std::size_t block_octets;      // How many octets of an APDU fit one block.
    std::int64_t turn_to_card;     // Between an answer and the next block to the card.
    std::int64_t turn_to_reader;   // Between a block to the card and its answer.
    std::int64_t ns_per_tick_num;  // ns = ticks · num / den.
    std::int64_t ns_per_tick_den;
  };
  explicit LinkModel(const Profile& profile) : profile_(profile) {}

  Profile profile_;
};

// What a card was used for, by the model.
struct CardTime {
  std::int64_t commands = 0;
  std::int64_t octets_to_card = 0;
  std::int64_t octets_from_card = 0;
  std::int64_t ns = 0;

  void Add(std::size_t command, std::size_t answer, std::int64_t exchange_ns);
  friend bool operator==(const CardTime&, const CardTime&) = default;
};

}  // namespace jpkid::hal::sim
