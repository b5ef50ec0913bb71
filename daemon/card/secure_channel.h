#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/bytes.h"
#include "daemon/card/issuer_keys.h"
#include "hal/reader.h"
#include "hal/scp03.h"

namespace jpkid::card {

// A secure channel to the issuer profile of one card (GlobalPlatform SCP03). It opens itself with
// the first command and again whenever another command came between, which is what the card ends it
// by.
class SecureChannel {
 public:
  // `card` and `keys` outlive this object. `serial` is the card's.
  SecureChannel(hal::Card& card, const IssuerKeys& keys, std::string serial)
      : card_(card), keys_(keys), serial_(std::move(serial)) {}

  // Sends one plain command wrapped; the plain data of its answer 9000. `name` is the command's.
  // ISSUER_KEYS_REFUSED, ISSUER_PROFILE_LOCKED, SECURE_CHANNEL_BROKEN; any other status word is the
  // failure of status_words.h.
  absl::StatusOr<Bytes> Demand(const hal::Command& command, absl::string_view name);

  // Selects an elementary file inside the channel, unless it is selected.
  absl::Status SelectFile(std::uint16_t file);

 private:
  absl::Status Open();
  absl::StatusOr<hal::Scp03Host> Greet(const hal::Scp03Keys& keys);
  absl::Status KeysRefused() const;

  hal::Card& card_;
  const IssuerKeys& keys_;
  const std::string serial_;
  std::optional<hal::Scp03Host> host_;
  std::uint64_t exchanges_ = 0;      // hal::Card::exchanges after our last command.
  std::uint16_t selected_file_ = 0;  // 0: none of ours.
};

}  // namespace jpkid::card
