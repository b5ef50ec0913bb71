#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "daemon/session/lease.h"

// A stay at a reader that no thread waits for: made for clients that come over a stream.
namespace jpkid::session {

struct VisitRequest {
  LeaseRequest turn;  // Its `deadline` does not matter.
  // One turn from the grant to the end: nobody else reaches the card in between. Otherwise each job
  // is a turn of its own, and other visitors' jobs may come between.
  bool exclusive = false;
  absl::Duration wait_limit;   // Of each wait for a turn: READER_BUSY.
  absl::Duration job_limit;    // A driver that takes longer for a job hangs: READER_HUNG.
  absl::Duration idle_limit;   // Of an exclusive visit without a job: LEASE_IDLE.
  absl::Duration total_limit;  // Of an exclusive visit from its grant on: LEASE_TIME_UP.
};

// What a visit is told. Calls come on threads of the sessions, one at a time, and are brief; they
// call nothing of the sessions.
class Visitor {
 public:
  virtual ~Visitor() = default;

  // So many come first; at once if it has to wait, then whenever it changes. Nothing is expected
  // before turns have been seen at this reader.
  virtual void OnPosition(int position, std::optional<absl::Duration> expected_wait) = 0;

  // The card is open; the visit is for this insertion of it alone.
  virtual void OnGranted(std::uint64_t insertion, const Bytes& atr) = 0;

  // The last call. Why: the failures of Sessions::Acquire and Lease::Run; LEASE_STALE for a card
  // that was put on the reader meanwhile, CARD_REMOVED where none was; LEASE_IDLE, LEASE_TIME_UP.
  virtual void OnEnded(const absl::Status& why) = 0;
};

// The stay. Thread-safe. Its end gives the turn back, or the place in the queue, after the job
// under way if there is one; its visitor is told nothing then, nor later.
class Visit {
 public:
  virtual ~Visit() = default;

  // Runs `job` on the reader's thread, in the order of the calls, once granted. `done` is told
  // there what the job returned; not where the visit ended before it could be run.
  virtual void Run(Job job, std::function<void(const absl::Status&)> done) = 0;
};

}  // namespace jpkid::session
