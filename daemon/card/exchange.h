#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "base/bytes.h"
#include "hal/reader.h"

// What every part of the dialogue sends in the same way.
namespace jpkid::card {

using Aid = std::array<std::uint8_t, 10>;
inline constexpr Aid kJpkiApplication = {0xD3, 0x92, 0xF0, 0x00, 0x26,
                                         0x01, 0x00, 0x00, 0x00, 0x01};
inline constexpr Aid kCommonApplication = {0xD3, 0x92, 0x10, 0x00, 0x31,
                                           0x00, 0x01, 0x01, 0x01, 0x00};

// P1 of READ BINARY, P2 of VERIFY and PSO, that names a file by its short identifier.
constexpr std::uint8_t ShortReference(std::uint16_t file) {
  return static_cast<std::uint8_t>(0x80 | (file & 0x1F));
}

// The data of an answer 9000; any other is the failure of status_words.h. `name` is the command's.
absl::StatusOr<Bytes> Demand(hal::Card& card, const hal::Command& command, absl::string_view name);

// Selects the application unless it is selected. CARD_NOT_JPKI when the card has no such one.
absl::Status SelectApplication(hal::Card& card, const Aid& aid);

// A failure for an answer that is not what the standard says. `detail` quotes nothing of it.
absl::Status Garbled(absl::string_view command, absl::string_view detail);

// A date as the card writes it, YYYYMMDD; nothing for what is no day of the calendar.
std::optional<absl::CivilDay> ParseDay(absl::string_view digits);

}  // namespace jpkid::card
