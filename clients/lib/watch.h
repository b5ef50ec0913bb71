#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

#include "clients/lib/connection.h"
#include "jpki/v1/operation_service.pb.h"

// Watching an operation through everything that may happen to the daemon.
namespace jpkid::client {

struct WatchTarget {
  std::string operation;          // `operations/{id}`.
  std::int64_t resume_after = 0;  // Sequence number of the last event already seen.
  absl::Time deadline;            // CALL_TIMEOUT after it.
};

enum class WatchNext { kGoOn, kStop };

// What a watcher is told.
class OperationWatcher {
 public:
  virtual ~OperationWatcher() = default;
  // Each event once and in order. Where the daemon comes back with a store that was restored from a
  // backup, what it has forgotten is told as it happens now, numbered from there.
  virtual WatchNext OnEvent(const jpki::v1::OperationEvent& event) = 0;
  // There is nothing after what was asked for: the operation, as it ended, in place of its events.
  virtual void OnEnded(const jpki::v1::Operation& operation) = 0;
  // The daemon has gone, and is tried again.
  virtual void OnAway(const absl::Status& why) = 0;
};

// Tells `watcher` what happens in the operation, up to its end or until the watcher has enough
// (both OK). A daemon that was there and goes away is tried again, with growing pauses, until the
// deadline; it tells all from the beginning, and what was seen is left out.
absl::Status WatchOperation(Connection& connection, const WatchTarget& target,
                            OperationWatcher& watcher);

// Whether `event` is an operation's last.
bool IsLast(const jpki::v1::OperationEvent& event);

// Whether `operation` has ended, whatever the end.
bool HasEnded(const jpki::v1::Operation& operation);

}  // namespace jpkid::client
