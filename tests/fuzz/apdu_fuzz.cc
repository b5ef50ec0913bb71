// Command and response APDUs from anybody: whatever is read as a command says the same when it is
// written and read again.

#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "hal/apdu.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jpkid;  // NOLINT(google-build-using-namespace): C linkage keeps it out of one.
  const ByteView input(data, size);
  const auto command = hal::DecodeCommand(input);
  if (command.ok()) {
    const auto again = hal::DecodeCommand(hal::Encode(*command));
    if (!again.ok() || again->cla != command->cla || again->ins != command->ins ||
        again->p1 != command->p1 || again->p2 != command->p2 || again->data != command->data ||
        again->le != command->le) {
      std::abort();
    }
  }
  const auto response = hal::DecodeResponse(input);
  if (response.ok() && response->data.size() + 2 != size) std::abort();
  return 0;
}
