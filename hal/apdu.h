#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "base/secret.h"

namespace jpkid::hal {

// A status word, SW1 SW2 (ISO/IEC 7816-4, 5.6).
using StatusWord = std::uint16_t;
inline constexpr StatusWord kSuccess = 0x9000;

// A command APDU before it is encoded (ISO/IEC 7816-4, 5.2).
struct Command {
  std::uint8_t cla = 0;
  std::uint8_t ins = 0;
  std::uint8_t p1 = 0;
  std::uint8_t p2 = 0;
  WipedBytes data = {};  // Nc octets; may be a PIN.
  int le = kNoLe;        // Ne: kNoLe, 1 to 65536.

  static constexpr int kNoLe = 0;
  static constexpr int kShortMax = 256;
  static constexpr int kExtendedMax = 65536;
};

// The octets on the wire. Short form where it fits (Nc ≤ 255 and Ne ≤ 256), extended form where
// not.
WipedBytes Encode(const Command& command);

// The command in `apdu`, strictly: INVALID_ARGUMENT for lengths that do not add up.
absl::StatusOr<Command> DecodeCommand(ByteView apdu);

// A response APDU: data and status word.
struct Response {
  Bytes data = {};
  StatusWord sw = 0;
};

// Splits a response; INVALID_ARGUMENT for fewer than two octets.
absl::StatusOr<Response> DecodeResponse(ByteView apdu);

// Sends one APDU, returns the answer's octets.
using RawTransmit = absl::FunctionRef<absl::StatusOr<Bytes>(ByteView)>;

// Sends `command` and, here and nowhere else, follows 61xx with GET RESPONSE and repeats once after
// 6Cxx with the length the card named: a command that had an Le, so never a VERIFY. Bounded: at
// most 65,536 octets of answer.
absl::StatusOr<Response> TransmitWhole(const Command& command, RawTransmit transmit);

}  // namespace jpkid::hal
