#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"

#include "daemon/session/lease.h"
#include "hal/reader.h"

namespace jpkid::session {

// What a lease or visit knows of its card.
struct LeasedCard {
  std::string reader;           // Alias.
  std::uint64_t insertion = 0;  // 0: not opened yet.
  // Whether it is for the insertion alone, whatever connection it is reached over. Otherwise for
  // the connection it began with: what was verified over that one is not there any more.
  bool any_connection = false;
  bool lost = false;  // The connection it began with is gone.
};

// The connection to the card on one reader, opened when it is needed and kept from one lease to the
// next. What was learned about a card outlasts it, until another card comes or a foreign program
// has used this one; which form of READ BINARY this reader and cards of that ATR take is what the
// next such card is tried with first. Only the reader's thread touches it.
class Connection {
 public:
  Connection(std::shared_ptr<hal::Readers> readers, std::string driver_name);

  // Opens the card if need be and runs `job` for this lease, as Lease::Run says. LEASE_STALE where
  // a lease for any connection meets another insertion.
  absl::Status Run(LeasedCard& lease, Job job);

  // Whether a PIN was verified or a secure channel opened since the card got power.
  bool has_security_state() const { return card_ != nullptr && card_->remembered().security_state; }

  // Cuts the card's power. A connection that refuses is closed.
  void PowerDown();

  bool open() const { return card_ != nullptr; }
  void Close();

  // What was learned is of no use any more.
  void Forget();

 private:
  absl::Status Open(LeasedCard& lease);
  void Expect();
  bool Gone() const;
  std::optional<hal::ReaderState> State() const;

  const std::shared_ptr<hal::Readers> readers_;
  const std::string driver_name_;
  std::unique_ptr<hal::Card> card_;
  hal::Learned learned_;  // About the card of `learned_of_`, while it is not open.
  std::uint64_t learned_of_ = 0;
  Bytes atr_;                     // Of the card that was opened last.
  std::optional<bool> extended_;  // What one of that ATR took.
};

}  // namespace jpkid::session
