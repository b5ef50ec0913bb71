#include "daemon/rpc/peers.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "base/status.h"

namespace jpkid::rpc {
namespace {

absl::Status TooMany(std::size_t most) {
  return Fail(Reason::kOverloaded, {{"detail", absl::StrCat(most, " connections")}});
}

// The inode of the socket with number `fd`; 0 when `fd` is no socket.
ino_t SocketOf(int fd) {
  struct stat status = {};
  return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

}  // namespace

Peers::Peers(Range range) : range_(range), next_(range.first) {}

Peers::Range Peers::RangeOfProcess(std::size_t most) {
  rlimit limit = {};
  const bool known = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  // A wider table would only cost memory.
  const int last = known ? static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 65536)) : 1024;
  return Range{.first = last / 8, .last = last, .most = most};
}

absl::StatusOr<UniqueFd> Peers::Admit(UniqueFd connection) {
  ucred credentials = {};
  socklen_t size = sizeof credentials;
  if (getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return Fail(Reason::kCallerUnknown);
  }
  const MutexLock lock(mutex_);
  if (entries_.size() >= range_.most) ForgetClosed();
  if (entries_.size() >= range_.most) return TooMany(range_.most);
  JPKID_ASSIGN_OR_RETURN(UniqueFd moved, Move(connection));
  entries_[moved.get()] = Entry{.caller = UidCaller{.uid = credentials.uid, .pid = credentials.pid},
                                .socket = SocketOf(moved.get())};
  return moved;
}

std::optional<UidCaller> Peers::Find(absl::string_view peer) const {
  int fd = -1;
  if (!absl::ConsumePrefix(&peer, "fd:") || !absl::SimpleAtoi(peer, &fd)) return std::nullopt;
  const MutexLock lock(mutex_);
  const auto found = entries_.find(fd);
  if (found == entries_.end()) return std::nullopt;
  return found->second.caller;
}

absl::StatusOr<UniqueFd> Peers::Move(const UniqueFd& connection) {
  for (int round = 0; round < 2; ++round) {
    UniqueFd moved(fcntl(connection.get(), F_DUPFD_CLOEXEC, next_));
    if (moved.valid() && moved.get() < range_.last) {
      next_ = moved.get() + 1;
      return moved;
    }
    next_ = range_.first;
  }
  return TooMany(static_cast<std::size_t>(range_.last - range_.first));
}

void Peers::ForgetClosed() {
  std::erase_if(entries_,
                [](const auto& entry) { return SocketOf(entry.first) != entry.second.socket; });
}

}  // namespace jpkid::rpc
