#pragma once

#include <span>

#include "hal/apdu.h"
#include "hal/sim/card_store.h"
#include "hal/sim/key_source.h"
#include "hal/sim/volatile_state.h"

// The commands of the card, one function each. A handler gets a command that is well formed and
// answers with data and status; how much of the data one answer carries is not its affair.
namespace jpkid::hal::sim {

// What a command works on.
struct Context {
  CardStore& store;
  KeySource& keys;
  VolatileState& state;
  bool in_channel = false;  // The command came through the secure channel.

  const CardImage& image() const { return store.image(); }
};

struct CommandRow {
  std::uint8_t cla;
  std::uint8_t ins;
  bool answers;  // Whether data comes back; without, an Le is one octet too many.
  Response (*handle)(Context& context, const Command& command);
};

// The commands in the clear. They hold for everyone.
std::span<const CommandRow> PublicCommands();

// The commands inside the secure channel; `cla` counts for nothing there.
std::span<const CommandRow> ChannelCommands();

Response Select(Context& context, const Command& command);
Response ReadBinary(Context& context, const Command& command);
Response ReadRecord(Context& context, const Command& command);
Response Verify(Context& context, const Command& command);
Response ChangeReferenceData(Context& context, const Command& command);
Response ResetRetryCounter(Context& context, const Command& command);
Response ComputeSignature(Context& context, const Command& command);
Response InitializeUpdate(Context& context, const Command& command);
Response ExternalAuthenticate(Context& context, const Command& command);
Response GenerateKeyPair(Context& context, const Command& command);
Response UpdateBinary(Context& context, const Command& command);
Response ActivateFile(Context& context, const Command& command);
Response DeactivateFile(Context& context, const Command& command);
Response GetData(Context& context, const Command& command);

// An answer without data.
inline Response Status(StatusWord sw) { return Response{.sw = sw}; }

// Keeps a change. 6581 when it cannot be kept: then nothing has changed.
StatusWord Keep(Context& context, absl::FunctionRef<void(CardImage&)> edit);

// The file that P2 means (80: the selected one; 80|sfi: that one, and it becomes the selected one),
// or why there is none.
struct Referenced {
  const File* file = nullptr;
  StatusWord sw = kSuccess;
};
Referenced FileOfP2(Context& context, std::uint8_t p2, FileKind kind);

}  // namespace jpkid::hal::sim
