#pragma once

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/file.h"
#include "base/mutex.h"
#include "daemon/rpc/caller.h"

namespace jpkid::rpc {

// Which process is at the other end of each connection. gRPC names a connection by its descriptor
// ("fd:17") and closes it without a word, and the kernel gives out the lowest free number first. A
// call that still waits on a connection just closed must not be taken for the next caller's: so
// each connection is moved to a number that has not been used for a long time, round and round. An
// entry stays until its number is used again; nobody asks for it in between. Thread-safe.
class Peers {
 public:
  // Descriptor numbers from `first` up to, not with, `last`; at most `most` connections at once.
  struct Range {
    int first = 0;
    int last = 0;
    std::size_t most = 0;
  };
  explicit Peers(Range range);

  // As many numbers as the process may have (RLIMIT_NOFILE) leave beside files and readers.
  static Range RangeOfProcess(std::size_t most);

  // Remembers who is at the other end of `connection` and moves it to its number. OVERLOADED when
  // there are too many already.
  absl::StatusOr<UniqueFd> Admit(UniqueFd connection);

  // Who is at the other end of "fd:N". Asked at the start of each call.
  std::optional<UidCaller> Find(absl::string_view peer) const;

 private:
  struct Entry {
    UidCaller caller;
    ino_t socket = 0;  // Tells the connection from whatever has its number later.
  };

  absl::StatusOr<UniqueFd> Move(const UniqueFd& connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetClosed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Range range_;
  mutable Mutex mutex_;
  int next_ ABSL_GUARDED_BY(mutex_);
  std::map<int, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::rpc
