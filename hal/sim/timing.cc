#include "hal/sim/timing.h"

#include <algorithm>
#include <array>

namespace jpkid::hal::sim {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kHostNs = 500'000;  // A command.

// What the card itself needs for a command.
struct Work {
  std::uint8_t instruction;
  std::int64_t ms;
};
constexpr std::array kWork = {
    Work{0x04, 20},   // DEACTIVATE FILE
    Work{0x20, 20},   // VERIFY
    Work{0x24, 25},   // CHANGE REFERENCE DATA
    Work{0x2A, 300},  // PERFORM SECURITY OPERATION: a signature
    Work{0x2C, 25},   // RESET RETRY COUNTER
    Work{0x44, 20},   // ACTIVATE FILE
    Work{0x50, 30},   // INITIALIZE UPDATE
    Work{0x82, 30},   // EXTERNAL AUTHENTICATE
    Work{0xA4, 6},    // SELECT
    Work{0xD6, 10},   // UPDATE BINARY
};
constexpr std::int64_t kOtherWorkMs = 3;  // READ BINARY, GET DATA, GET RESPONSE, refusals.
constexpr std::uint8_t kGenerate = 0x47;
constexpr std::int64_t kGenerateRsaMs = 8'000;
constexpr std::int64_t kGenerateP384Ms = 300;

std::int64_t WorkMs(ByteView command, KeyAlgorithm algorithm) {
  if (command.size() < 2) return kOtherWorkMs;
  if (command[1] == kGenerate) {
    return algorithm == EC_P384 ? kGenerateP384Ms : kGenerateRsaMs;
  }
  const auto* work = std::find_if(kWork.begin(), kWork.end(), [&](const Work& candidate) {
    return candidate.instruction == command[1];
  });
  return work == kWork.end() ? kOtherWorkMs : work->ms;
}

}  // namespace

LinkModel LinkModel::TypeB(int k) {
  // etu = 128/(fc·k). A frame is SOF and EOF, 23 etu, and 10 etu for each octet; PCB and CRC_B are
  // three more. fs = fc/16. After a command the card waits 144/fs, after an answer the reader
  // 10 etu + 32/fs.
  const std::int64_t etu = 128 / k;
  return LinkModel({.octet = 10 * etu,
                    .block = 23 * etu + 3 * 10 * etu,
                    .block_octets = 253,
                    .turn_to_card = 10 * etu + 32 * 16,
                    .turn_to_reader = 144 * 16,
                    .ns_per_tick_num = 25'000,
                    .ns_per_tick_den = 339});
}

LinkModel LinkModel::T1Contact() {
  // 11 etu an octet (our TC1 is FF); NAD, PCB, LEN and LRC are four more. 22 etu of guard time at
  // each change of direction. No TA1: 9,600 bit/s.
  return LinkModel({.octet = 11,
                    .block = 4 * 11,
                    .block_octets = 254,
                    .turn_to_card = 22,
                    .turn_to_reader = 22,
                    .ns_per_tick_num = 1'000'000'000,
                    .ns_per_tick_den = 9'600});
}

std::int64_t LinkModel::WireNs(std::size_t command, std::size_t answer) const {
  const auto blocks = [this](std::size_t octets) {
    return static_cast<std::int64_t>((octets + profile_.block_octets - 1) / profile_.block_octets);
  };
  // Every block but the last of its direction is acknowledged by an empty one, so the two ends
  // always alternate.
  const std::int64_t pairs = blocks(command) + std::max<std::int64_t>(blocks(answer), 1) - 1;
  const std::int64_t silent = answer == 0 ? 1 : 0;
  const std::int64_t ticks = static_cast<std::int64_t>(command + answer) * profile_.octet +
                             (2 * pairs - silent) * profile_.block +
                             pairs * (profile_.turn_to_card + profile_.turn_to_reader);
  return ticks * profile_.ns_per_tick_num / profile_.ns_per_tick_den;
}

std::int64_t LinkModel::ExchangeNs(ByteView command, std::size_t answer,
                                   KeyAlgorithm algorithm) const {
  return WireNs(command.size(), answer) + WorkMs(command, algorithm) * kNsPerMs + kHostNs;
}

void CardTime::Add(std::size_t command, std::size_t answer, std::int64_t exchange_ns) {
  ++commands;
  octets_to_card += static_cast<std::int64_t>(command);
  octets_from_card += static_cast<std::int64_t>(answer);
  ns += exchange_ns;
}

}  // namespace jpkid::hal::sim
