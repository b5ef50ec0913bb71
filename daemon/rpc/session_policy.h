#pragma once

#include "absl/status/status.h"

#include "base/bytes.h"

namespace jpkid::rpc {

// Whether a command may be sent to a card as its client made it: what selects, reads, asks how many
// tries a PIN has left, or computes with a key that some PIN guards. Everything else is refused
// with COMMAND_REFUSED: what verifies, sets or changes a PIN, opens a secure or a logical channel,
// or writes. INVALID_ARGUMENT for what is no command APDU.
absl::Status CheckRawCommand(ByteView apdu);

}  // namespace jpkid::rpc
