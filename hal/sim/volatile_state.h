#pragma once

#include <optional>
#include <set>

#include "base/bytes.h"
#include "hal/apdu.h"
#include "hal/scp03.h"
#include "hal/sim/file_system.h"
#include "hal/sim/pin.h"

namespace jpkid::hal::sim {

// What a card forgets when it loses power.
struct VolatileState {
  bool fresh = true;  // No command since power-up.
  const Application* application = nullptr;
  const File* file = nullptr;
  std::set<PinId> verified;
  Response waiting;                  // The rest of an answer; GET RESPONSE fetches it.
  std::optional<Scp03Card> greeted;  // INITIALIZE UPDATE was the last command.
  std::optional<Scp03Card> channel;  // An open secure channel.
};

}  // namespace jpkid::hal::sim
