#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "hal/reader.h"

// Whose turn it is. Each reader has one worker thread and one queue; a card is reached through a
// lease alone.
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

// A reader as clients see it.
struct ReaderStatus {
  std::string alias;
  hal::ReaderState hardware;  // A reader whose driver hangs is kUnavailable.
  std::string holder;         // LeaseRequest::client; empty: nobody.
  absl::Time held_since;
  int waiting = 0;
};

struct ReaderStatusList {
  std::uint64_t version = 0;
  std::vector<ReaderStatus> readers;  // By alias.
};

// A stable name for a reader of this place.
struct Alias {
  std::string alias;        // [a-z0-9-]{1,63}
  std::string driver_name;  // A glob of the backend's names: "Virtual PCD 00 *".
};

struct Options {
  std::vector<Alias> aliases;  // A reader none of them fits gets one made from its driver's name.
  absl::Duration idle_before_close =
      absl::Seconds(1);           // Then the card is powered down and given back to pcscd.
  std::size_t most_waiting = 64;  // Per reader; OVERLOADED beyond.
  std::size_t most_waiting_per_client = 32;
  // A driver that takes longer for a power-down or a close hangs; and how long the end waits for
  // one.
  absl::Duration driver_limit = absl::Seconds(5);
  // How often somebody looks whether a driver hangs or the end has come.
  absl::Duration look_every = absl::Seconds(1);
};

// All readers and the turns at them. Thread-safe. Its destructor stops it, and gives up a thread
// whose driver does not return; that thread keeps `readers` alive.
class Sessions {
 public:
  static std::unique_ptr<Sessions> Create(std::shared_ptr<hal::Readers> readers, Options options);
  virtual ~Sessions() = default;

  // Waits for the turn. `on_position` is called on the calling thread with the number of clients
  // that come first (the holder is one): at once if it has to wait, then whenever it changes.
  // Failures: READER_UNKNOWN, READER_UNAVAILABLE (unplugged), READER_BUSY, READER_HUNG, OVERLOADED,
  // SHUTTING_DOWN. A card need not be there yet: Run opens it.
  virtual absl::StatusOr<std::unique_ptr<Lease>> Acquire(
      const LeaseRequest& request, absl::FunctionRef<void(int)> on_position) = 0;

  // As last seen. Never waits for a reader.
  virtual ReaderStatusList List() const = 0;

  // Waits until the list differs from `version`, or `deadline`, or Stop; the list then.
  virtual ReaderStatusList WaitForChange(std::uint64_t version, absl::Time deadline) const = 0;

  // Calls `listener` after each change, on some thread, until the returned guard goes; not after.
  // `listener` is brief and drops no guard.
  virtual std::shared_ptr<void> OnChange(absl::AnyInvocable<void()> listener) = 0;

  // Ends every wait with SHUTTING_DOWN; leases may finish the job they are at.
  virtual void Stop() = 0;
};

}  // namespace jpkid::session
