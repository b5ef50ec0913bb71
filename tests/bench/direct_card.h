#pragma once

#include <cstdint>
#include <string>

#include <winscard.h>

#include "base/bytes.h"

namespace jpkid {

// A card as programs without the daemon use it: pcscd's client library and nothing else, the card
// held for as long as the object lives. What fails ends the measurement (a failed test).
class DirectCard {
 public:
  // Waits for a card on `reader`, at most 15 s.
  explicit DirectCard(const std::string& reader);
  ~DirectCard();
  DirectCard(const DirectCard&) = delete;
  DirectCard& operator=(const DirectCard&) = delete;

  // One SCardTransmit; the status word.
  std::uint16_t Transmit(ByteView apdu);

 private:
  SCARDCONTEXT context_ = 0;
  SCARDHANDLE card_ = 0;
};

}  // namespace jpkid
