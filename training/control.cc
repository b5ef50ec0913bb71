#include "training/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#include "base/status.h"

namespace jpkid::training {
namespace {

constexpr std::size_t kMostClients = 16;
constexpr std::size_t kLongestLine = 65536;

absl::Status Errno(absl::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(what, " ", path));
}

// Makes room at `path` for a socket: removes one at which nobody listens any more. What is no
// socket stays, and bind refuses it.
absl::Status ClearStale(const std::string& path, const sockaddr_un& address) {
  struct stat old = {};
  if (lstat(path.c_str(), &old) != 0 || !S_ISSOCK(old.st_mode)) return absl::OkStatus();
  const UniqueFd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe.valid()) return Errno("cannot look at", path);
  const bool answered =
      connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  if (!answered && errno == ENOENT) return absl::OkStatus();
  if (!answered && errno == ECONNREFUSED) {
    return unlink(path.c_str()) == 0 || errno == ENOENT ? absl::OkStatus()
                                                        : Errno("cannot remove", path);
  }
  // EAGAIN: so many wait for it already. Whatever else it says, it is not known to be left over.
  if (!answered && errno != EAGAIN) return Errno("cannot look at", path);
  return absl::AlreadyExistsError(absl::StrCat("another program listens at ", path,
                                               ": end that one or name another control socket"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ControlSocket>> ControlSocket::Listen(const std::string& path,
                                                                     Answer answer) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is too long for a Unix socket"));
  }
  path.copy(address.sun_path, path.size());
  JPKID_RETURN_IF_ERROR(ClearStale(path, address));
  UniqueFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const mode_t mask = umask(0177);
  const int bound =
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  umask(mask);
  if (bound != 0 || listen(listener.get(), kMostClients) != 0)
    return Errno("cannot listen at", path);
  return std::unique_ptr<ControlSocket>(
      new ControlSocket(path, std::move(listener), std::move(answer)));
}

ControlSocket::ControlSocket(std::string path, UniqueFd listener, Answer answer)
    : path_(std::move(path)), listener_(std::move(listener)), answer_(std::move(answer)) {
  lstat(path_.c_str(), &made_);
}

ControlSocket::~ControlSocket() {
  // Somebody may have put his own in its place. While ours is open nothing else gets its number.
  struct stat found = {};
  const bool ours = lstat(path_.c_str(), &found) == 0 && found.st_dev == made_.st_dev &&
                    found.st_ino == made_.st_ino;
  if (ours) unlink(path_.c_str());
}

void ControlSocket::AddTo(std::vector<pollfd>& polled) const {
  const short accepting = clients_.size() < kMostClients ? POLLIN : 0;
  polled.push_back({.fd = listener_.get(), .events = accepting, .revents = 0});
  for (const Client& client : clients_) {
    polled.push_back({.fd = client.socket.get(), .events = POLLIN, .revents = 0});
  }
}

void ControlSocket::Step(const std::vector<pollfd>& polled, std::size_t first) {
  std::vector<Client> kept;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const bool stays = polled[first + 1 + i].revents == 0 || Serve(clients_[i]);
    if (stays) kept.push_back(std::move(clients_[i]));
  }
  clients_ = std::move(kept);
  if (polled[first].revents != 0) Accept();
}

void ControlSocket::Accept() {
  UniqueFd socket(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.valid()) clients_.push_back({.socket = std::move(socket)});
}

// Reads what there is and answers whole lines. False: the client has gone, or is no good.
bool ControlSocket::Serve(Client& client) {
  char block[4096];
  const ssize_t got = recv(client.socket.get(), block, sizeof(block), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) return false;
  client.received.append(block, static_cast<std::size_t>(got));
  std::size_t end = 0;
  while ((end = client.received.find('\n')) != std::string::npos) {
    const std::string answer =
        absl::StrCat(answer_(absl::string_view(client.received).substr(0, end)), "\n");
    client.received.erase(0, end + 1);
    const ssize_t sent = send(client.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(answer.size())) return false;
  }
  return client.received.size() <= kLongestLine;
}

}  // namespace jpkid::training
