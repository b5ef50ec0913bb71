#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "base/mutex.h"
#include "daemon/session/connection.h"
#include "daemon/session/lease.h"
#include "daemon/session/reader_status.h"
#include "daemon/session/turns.h"

// What passes between those who want a reader and its queue.
namespace jpkid::session {

// One job of the holder of a turn. Shared by whoever asked for it and the reader's thread: either
// may be the last to leave.
struct Call {
  LeasedCard card;  // The thread's from its beginning to its end.
  Job job;
  absl::Time deadline = absl::InfiniteFuture();     // The driver hangs then,
  absl::Duration limit = absl::InfiniteDuration();  // or so long after the job has begun.
  bool ends_turn = false;                           // The turn is over with it.
  // Called once, without locks, with what the job returned or READER_HUNG; after that one `card` is
  // not to be touched. Empty: somebody waits at `finished`.
  std::function<void(const absl::Status&)> done = {};

  // From here on the queue's mutex guards it.
  bool begun = false;
  std::optional<absl::Status> result = {};
  CondVar finished = {};
};

// One demand for one turn, from the asking to the turn's end.
struct Demand {
  LeaseRequest request;
  bool exclusive = true;            // For others to see: the turn outlasts one job.
  std::shared_ptr<Call> call = {};  // Begun as soon as the turn comes.
  // Called without locks when what stands below has changed. Empty: somebody waits at `changed`.
  std::function<void()> on_news = {};
  bool wants_position = true;

  // From Join on the queue's mutex guards it.
  Turns::Ticket ticket = 0;
  absl::Time since = {};
  int position = 0;                          // How many come first.
  std::optional<absl::Status> verdict = {};  // OK: it has the turn, or had it.
  CondVar changed = {};
};

// What others see of a reader's queue.
struct ReaderUse {
  std::optional<QueuePlace> holder;
  int waiting = 0;
  std::vector<QueuePlace> places;  // Of those who wait, in order, where asked for.
  std::optional<absl::Time> hung_since;
};

// How a demand stands.
struct Standing {
  int position = 0;
  std::optional<absl::Duration> expected_wait;  // Nothing: no turn has been seen yet.
  std::optional<absl::Status> verdict;
};

}  // namespace jpkid::session
