#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/bytes.h"
#include "hal/sim/card_store.h"
#include "hal/sim/key_source.h"

namespace jpkid::hal::sim {

struct VolatileState;

// A My Number Card: the public profile of the national card and, under SCP03, an issuer profile of
// our own. Non-volatile memory is a CardStore, and every change of it is kept before the answer
// leaves; so a process that is killed is a card that lost power. Used by one thread at a time.
class SimCard {
 public:
  // The card in the file at `path`. `keys` outlives the card.
  static absl::StatusOr<std::unique_ptr<SimCard>> Open(const std::string& path, KeySource& keys);

  // The card whose memory is `store`.
  SimCard(std::unique_ptr<CardStore> store, KeySource& keys);
  ~SimCard();
  SimCard(const SimCard&) = delete;
  SimCard& operator=(const SimCard&) = delete;

  // Power-up: the ATR. Verified PINs, selection and secure channel of before are gone.
  Bytes PowerOn();

  void PowerOff();

  // A warm reset: the ATR. Selection and verified PINs survive it, a secure channel does not. On a
  // card without power it is PowerOn.
  Bytes WarmReset();

  // Any octets in, always a response APDU out; 6F00 without power.
  Bytes Transmit(ByteView apdu);

  bool powered() const;
  absl::string_view serial() const { return store_->image().serial(); }

  // The file identifier of the selected EF; 0: none.
  std::uint16_t selected_file() const;

  // The AID of the selected application; empty: none.
  ByteView selected_application() const;

  // The non-volatile memory, for settings and for tests. Not while a command is executed.
  CardStore& store() { return *store_; }

 private:
  std::unique_ptr<CardStore> store_;
  KeySource& keys_;
  std::unique_ptr<VolatileState> state_;
};

}  // namespace jpkid::hal::sim
