#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "daemon/session/lease.h"          // IWYU pragma: export
#include "daemon/session/reader_status.h"  // IWYU pragma: export
#include "daemon/session/visit.h"          // IWYU pragma: export
#include "daemon/session/wrong_pins.h"     // IWYU pragma: export
#include "hal/reader.h"

// Whose turn it is. Each reader has one worker thread and one queue; a card is reached through a
// lease, or a visit, alone.
namespace jpkid::session {

// A stable name for a reader of this place.
struct Alias {
  std::string alias;        // [a-z0-9-]{1,63}
  std::string driver_name;  // A glob of the backend's names: "Virtual PCD 00 *". Empty: any.
  std::string serial = {};  // That the backend's name shows (SerialIn). Empty: any.
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

  // Begins a visit (visit.h), failing at once as Acquire does.
  virtual absl::StatusOr<std::unique_ptr<Visit>> Enter(const VisitRequest& request,
                                                       std::shared_ptr<Visitor> visitor) = 0;

  // Runs one job in a turn of its own, on the reader's thread, with nobody waiting, not even here:
  // `done` is told there what it returned, or why it never ran. Once the returned guard has gone a
  // job that waits for its turn is not run, and `done` not called. `job_limit`: as VisitRequest's.
  virtual absl::StatusOr<std::shared_ptr<void>> Once(
      const LeaseRequest& request, absl::Duration job_limit, Job job,
      std::function<void(const absl::Status&)> done) = 0;

  // Ends the exclusive visit at this reader with LEASE_TIME_UP; false where there is none.
  virtual bool EndVisit(absl::string_view reader) = 0;

  // As last seen. Neither ever waits for a reader. READER_UNKNOWN.
  virtual ReaderStatusList List() const = 0;
  virtual absl::StatusOr<QueueStatus> Queue(absl::string_view reader) const = 0;

  // Waits until the list differs from `version`, or `deadline`, or Stop; the list then.
  virtual ReaderStatusList WaitForChange(std::uint64_t version, absl::Time deadline) const = 0;

  // Waits until hardware may differ from what it was at `version` (0: returns at once), or
  // `deadline`, or Stop; the version then. Turns are none of its business.
  virtual std::uint64_t WaitForHardware(std::uint64_t version, absl::Time deadline) const = 0;

  // Calls `listener` after each change, on some thread, until the returned guard goes; not after.
  // `listener` is brief and drops no guard.
  virtual std::shared_ptr<void> OnChange(absl::AnyInvocable<void()> listener) = 0;

  // Who gave wrong PINs, by whichever way to a reader. A job that comes back late may outlive the
  // sessions: it keeps a share.
  virtual std::shared_ptr<WrongPins> wrong_pins() const = 0;

  // Ends every wait with SHUTTING_DOWN; leases may finish the job they are at.
  virtual void Stop() = 0;
};

}  // namespace jpkid::session
