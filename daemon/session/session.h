#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
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

// The turn at one reader's card. The card is open from the first Run on. Given back by the
// destructor: whatever PIN was verified or channel opened is then gone (power-down).
class Lease {
 public:
  virtual ~Lease() = default;

  // Runs `job` on the reader's thread and returns what it returned. READER_HUNG when it is not done
  // by `deadline`: the reader is then down until the driver returns, and the lease is over.
  // CARD_REMOVED once the card this lease began with has gone, even if it is back: a new card is a
  // new lease.
  virtual absl::Status Run(absl::Time deadline, Job job) = 0;

  // Which insertion of a card the lease is for (hal::ReaderState::insertion).
  virtual std::uint64_t insertion() const = 0;
};

// A reader as clients see it.
struct ReaderStatus {
  std::string alias;
  hal::ReaderState hardware;
  std::string holder;  // LeaseRequest::client; empty: nobody.
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
      absl::Seconds(1);   // Then the card is powered down and given back to pcscd.
  int most_waiting = 64;  // Per reader; OVERLOADED beyond.
};

// All readers and the turns at them. Thread-safe. `Readers` outlives it.
class Sessions {
 public:
  static std::unique_ptr<Sessions> Create(hal::Readers& readers, Options options);
  virtual ~Sessions() = default;

  // Waits for the turn. `on_position` is called on the calling thread with the number of clients
  // that come first, at once and whenever it changes. Failures: READER_UNKNOWN, READER_BUSY,
  // READER_HUNG, OVERLOADED, SHUTTING_DOWN. A card need not be there yet: Run opens it.
  virtual absl::StatusOr<std::unique_ptr<Lease>> Acquire(
      const LeaseRequest& request, absl::FunctionRef<void(int)> on_position) = 0;

  // As last seen. Never waits for a reader.
  virtual ReaderStatusList List() const = 0;

  // Waits until the list differs from `version`, or `deadline`, or the end; the list then.
  virtual ReaderStatusList WaitForChange(std::uint64_t version, absl::Time deadline) const = 0;

  // Calls `listener` after each change, on some thread, briefly, until the returned guard goes; not
  // after.
  virtual std::shared_ptr<void> OnChange(absl::AnyInvocable<void()> listener) = 0;

  // Ends every wait with SHUTTING_DOWN; leases may finish the job they are at.
  virtual void Stop() = 0;
};

}  // namespace jpkid::session
