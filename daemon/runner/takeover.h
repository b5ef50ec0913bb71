#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "daemon/session/session.h"
#include "daemon/store/store.h"

namespace jpkid::runner {

// Takes up what another daemon on the same store left behind: only after that one has not been
// heard of for long enough, and only where the very card of the operation lies on a reader of this
// daemon, or where the operation has not seen a card. Used by one thread.
class Takeover {
 public:
  // Both outlive it. `card_job` bounds the look at one card.
  Takeover(store::Store& store, session::Sessions& sessions, absl::Duration card_job)
      : store_(store), sessions_(sessions), card_job_(card_job) {}

  // Adds to `taken` the operations that are this daemon's from now on, also where it fails; their
  // reader is the one with the card, and those without a card_serial are to be ended. Asks no card
  // while nothing has expired, and each card once.
  absl::Status Look(std::vector<store::Claimed>& taken);

 private:
  struct Seen {
    std::uint64_t insertion = 0;
    std::string serial;  // Empty: it is no card of ours.
  };

  std::optional<std::string> SerialOn(const session::ReaderStatus& reader);
  absl::Status TakeCardless(const std::vector<store::OperationRecord>& expired,
                            std::vector<store::Claimed>& taken);

  store::Store& store_;
  session::Sessions& sessions_;
  const absl::Duration card_job_;
  std::map<std::string, Seen> seen_;  // By alias.
  int cardless_looks_ = 0;            // In a row, at which such operations had expired.
};

}  // namespace jpkid::runner
