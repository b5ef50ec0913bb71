#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"

#include "daemon/session/session.h"
#include "hal/reader.h"

namespace jpkid::session {

// What a lease knows of its card.
struct LeasedCard {
  std::string reader;           // Alias.
  std::uint64_t insertion = 0;  // 0: not opened yet.
  bool lost = false;            // The connection it began with is gone.
};

// The connection to the card on one reader, opened when it is needed and kept from one lease to the
// next. Only the reader's thread touches it.
class Connection {
 public:
  Connection(std::shared_ptr<hal::Readers> readers, std::string driver_name);

  // Opens the card if need be and runs `job` for this lease, as Lease::Run says.
  absl::Status Run(LeasedCard& lease, Job job);

  // Whether a PIN was verified or a secure channel opened since the card got power.
  bool has_security_state() const { return card_ != nullptr && card_->remembered().security_state; }

  // Cuts the card's power. A connection that refuses is closed.
  void PowerDown();

  bool open() const { return card_ != nullptr; }
  void Close() { card_.reset(); }

 private:
  absl::Status Open(LeasedCard& lease);
  bool Gone() const;

  const std::shared_ptr<hal::Readers> readers_;
  const std::string driver_name_;
  std::unique_ptr<hal::Card> card_;
};

}  // namespace jpkid::session
