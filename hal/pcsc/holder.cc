#include "hal/pcsc/holder.h"

#include <dirent.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

#include "base/bytes.h"
#include "base/file.h"

namespace jpkid::hal::pcsc {
namespace {

constexpr char kDefaultSocket[] = "/run/pcscd/pcscd.comm";  // Of pcsc-lite on Debian.
constexpr std::size_t kMostNamed = 4;

// What the kernel says of one Unix socket.
struct UnixSocket {
  std::optional<unix_diag_vfs> file;
  std::uint32_t peer = 0;
};

UnixSocket ReadSocket(const nlmsghdr* message) {
  const auto* body = static_cast<const unix_diag_msg*>(NLMSG_DATA(message));
  UnixSocket found;
  auto left = static_cast<unsigned>(message->nlmsg_len - NLMSG_LENGTH(sizeof(*body)));
  for (const auto* attribute = reinterpret_cast<const rtattr*>(body + 1); RTA_OK(attribute, left);
       attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type == UNIX_DIAG_VFS) {
      found.file = *static_cast<const unix_diag_vfs*>(RTA_DATA(attribute));
    } else if (attribute->rta_type == UNIX_DIAG_PEER) {
      found.peer = *static_cast<const std::uint32_t*>(RTA_DATA(attribute));
    }
  }
  return found;
}

bool IsSocketFile(const unix_diag_vfs& file, const struct stat& socket) {
  // The kernel's own device number: 12 bits of major, 20 of minor.
  return file.udiag_vfs_ino == static_cast<std::uint32_t>(socket.st_ino) &&
         file.udiag_vfs_dev >> 20 == major(socket.st_dev) &&
         (file.udiag_vfs_dev & 0xFFFFF) == minor(socket.st_dev);
}

UniqueFd AskForUnixSockets() {
  UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  const timeval patience = {.tv_sec = 1, .tv_usec = 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  struct {
    nlmsghdr header;
    unix_diag_req body;
  } request = {};
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.sdiag_family = AF_UNIX;
  request.body.udiag_states = ~0U;
  request.body.udiag_show = UDIAG_SHOW_VFS | UDIAG_SHOW_PEER;
  if (send(fd.get(), &request, sizeof(request), 0) < 0) return UniqueFd();
  return fd;
}

// The inodes of the clients' ends: the peers of the sockets pcscd accepted on `socket`.
std::set<std::uint32_t> ClientInodes(const struct stat& socket) {
  std::set<std::uint32_t> inodes;
  const UniqueFd fd = AskForUnixSockets();
  alignas(nlmsghdr) char buffer[32768];
  while (fd.valid()) {
    const ssize_t got = recv(fd.get(), buffer, sizeof(buffer), 0);
    if (got <= 0) break;
    auto left = static_cast<unsigned>(got);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY) return inodes;  // NLMSG_DONE, NLMSG_ERROR.
      const UnixSocket found = ReadSocket(message);
      if (found.peer != 0 && found.file.has_value() && IsSocketFile(*found.file, socket)) {
        inodes.insert(found.peer);
      }
    }
  }
  return inodes;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

std::vector<std::string> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir(path.c_str()));
  if (directory == nullptr) return names;
  while (const dirent* entry = readdir(directory.get())) names.emplace_back(entry->d_name);
  return names;
}

bool HasSocket(const std::string& process, const std::set<std::uint32_t>& inodes) {
  const std::string fds = absl::StrCat(process, "/fd");
  for (const std::string& name : NamesIn(fds)) {
    char target[64] = {};
    const ssize_t size = readlink(absl::StrCat(fds, "/", name).c_str(), target, sizeof(target) - 1);
    absl::string_view link(target, size > 0 ? static_cast<std::size_t>(size) : 0);
    std::uint32_t inode = 0;
    if (absl::ConsumePrefix(&link, "socket:[") && absl::ConsumeSuffix(&link, "]") &&
        absl::SimpleAtoi(link, &inode) && inodes.count(inode) > 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string OtherClientsOfPcscd() {
  constexpr char kUnknown[] = "another program";
  const char* configured = std::getenv("PCSCLITE_CSOCK_NAME");
  struct stat socket = {};
  if (stat(configured != nullptr ? configured : kDefaultSocket, &socket) != 0) return kUnknown;
  const std::set<std::uint32_t> inodes = ClientInodes(socket);
  if (inodes.empty()) return kUnknown;
  std::vector<std::string> found;
  for (const std::string& name : NamesIn("/proc")) {
    int pid = 0;
    if (!absl::SimpleAtoi(name, &pid) || pid == getpid()) continue;
    const std::string process = absl::StrCat("/proc/", name);
    if (!HasSocket(process, inodes)) continue;
    const absl::StatusOr<Bytes> comm = ReadFile(absl::StrCat(process, "/comm"), 64);
    if (!comm.ok()) continue;  // It has just ended.
    found.push_back(absl::StrCat(absl::StripSuffix(AsText(*comm), "\n"), " (pid ", pid, ")"));
    if (found.size() == kMostNamed) break;
  }
  return found.empty() ? kUnknown : absl::StrJoin(found, ", ");
}

}  // namespace jpkid::hal::pcsc
