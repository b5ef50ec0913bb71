#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

#include "hal/reader.h"

namespace jpkid::session {

// Something to do with the card, run on the reader's thread. It owns what it touches, or borrows
// what outlives the daemon's sessions: when a driver hangs the caller leaves and the job stays
// behind.
using Job = absl::AnyInvocable<absl::Status(hal::Card&) &&>;

// Who is served first. Within a class clients take turns.
enum class Priority { kCounter, kBatch, kMonitor };

struct LeaseRequest {
  std::string reader;  // Alias.
  std::string client;  // In words, for the others who wait: "operations/7f3a", "uid:1000".
  Priority priority = Priority::kCounter;
  absl::Time deadline;  // Of the wait for the turn: READER_BUSY after it.
  // Calls what it is given when the turn is not wanted any more, from any thread and until the
  // returned guard goes: the wait ends with READER_BUSY. Empty: it is wanted to the deadline.
  using OnWithdrawn = std::function<std::shared_ptr<void>(std::function<void()>)>;
  OnWithdrawn on_withdrawn = {};
};

// The turn at one reader's card. Used by one thread at a time. Given back by the destructor:
// whatever PIN was verified or channel opened is then gone (power-down).
class Lease {
 public:
  virtual ~Lease() = default;

  // Runs `job` on the reader's thread and returns what it returned; a failure of readers or cards
  // names the `reader`. The first Run opens the card (failures as hal::Readers::Open) and so does
  // the next one after that failed. From then on the lease is for this one connection: once it is
  // lost, CARD_REMOVED, even if a card is back. A new card is a new lease. `deadline` is when the
  // driver must be taken to hang, not somebody's patience: READER_HUNG when the job is not done by
  // then, the reader is down until the driver returns, and the lease is over. SHUTTING_DOWN after
  // Stop.
  virtual absl::Status Run(absl::Time deadline, Job job) = 0;

  // Which insertion of a card the lease is for (hal::ReaderState::insertion). 0: none opened yet.
  virtual std::uint64_t insertion() const = 0;
};

}  // namespace jpkid::session
