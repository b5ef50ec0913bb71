#include "daemon/rpc/session_policy.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/status.h"
#include "hal/apdu.h"

namespace jpkid::rpc {
namespace {

constexpr std::uint8_t kVerify = 0x20;

// ISO/IEC 7816-4, 7816-8: none of these changes what a later client can do.
constexpr std::array<std::uint8_t, 11> kSent = {
    0x2A,        // PERFORM SECURITY OPERATION.
    0x84,        // GET CHALLENGE.
    0x88,        // INTERNAL AUTHENTICATE.
    0xA4,        // SELECT.
    0xB0, 0xB1,  // READ BINARY.
    0xB2, 0xB3,  // READ RECORD.
    0xC0,        // GET RESPONSE.
    0xCA, 0xCB,  // GET DATA.
};

absl::Status Refused(const hal::Command& command, absl::string_view detail) {
  return Fail(Reason::kCommandRefused,
              {{"command", ToHex(Bytes{command.cla, command.ins, command.p1, command.p2})},
               {"detail", std::string(detail)}});
}

// Only the first classes without secure messaging and on the basic channel, of the interindustry
// and of the proprietary kind; 10 is command chaining (ISO/IEC 7816-4, 5.4.1).
bool IsPlain(std::uint8_t cla) { return (cla & 0x6F) == 0; }

}  // namespace

absl::Status CheckRawCommand(ByteView apdu) {
  const absl::StatusOr<hal::Command> command = hal::DecodeCommand(apdu);
  if (!command.ok()) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "commands"}, {"detail", std::string(command.status().message())}});
  }
  if (!IsPlain(command->cla)) {
    return Refused(*command,
                   "its class means a secure or a logical channel, or is the reader's own");
  }
  constexpr std::size_t kHeaderAlone = 4;  // Of a VERIFY it asks for the tries left.
  if (command->ins == kVerify && apdu.size() == kHeaderAlone) return absl::OkStatus();
  if (std::find(kSent.begin(), kSent.end(), command->ins) == kSent.end()) {
    return Refused(*command, "it is not among those that only select, read and compute");
  }
  return absl::OkStatus();
}

}  // namespace jpkid::rpc
