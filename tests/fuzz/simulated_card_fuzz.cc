// A simulated card is given any series of commands: it answers each with a response APDU of a legal
// size and keeps an image that makes sense.

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/bytes.h"
#include "hal/apdu.h"
#include "hal/sim/card_store.h"
#include "hal/sim/sim_card.h"
#include "hal/sim/test_card.h"
#include "hal/sim/test_keys.h"
#include "tests/fuzz/pieces.h"

namespace {

constexpr int kMostCommands = 40;

// As a card of the test order is before anybody touched it; made once, since it takes signatures.
const jpkid::hal::sim::CardImage& FreshImage() {
  static const auto* const image = new jpkid::hal::sim::CardImage(jpkid::hal::sim::IssuedImage());
  return *image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace sim = jpkid::hal::sim;
  sim::TestKeySource keys;
  sim::SimCard card(sim::CardStore::InMemory(FreshImage()).value(), keys);
  card.PowerOn();
  jpkid::fuzz::Pieces commands(jpkid::ByteView(data, size));
  for (int count = 0; commands.more() && count < kMostCommands; ++count) {
    const jpkid::Bytes answer = card.Transmit(commands.Next());
    if (answer.size() < 2 || answer.size() > jpkid::hal::Command::kExtendedMax + 2) std::abort();
  }
  if (!sim::CardStore::InMemory(card.store().image()).ok()) std::abort();
  return 0;
}
