#include "daemon/rpc/listener.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "base/status.h"

namespace jpkid::rpc {
namespace {

absl::Status SocketError(absl::string_view what, const std::string& path) {
  return absl::UnavailableError(absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

absl::StatusOr<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return absl::InvalidArgumentError(absl::StrCat("the socket's path must have 1 to ",
                                                   sizeof address.sun_path - 1, " octets: ", path));
  }
  path.copy(address.sun_path, path.size());
  return address;
}

const sockaddr* Generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

UniqueFd NewSocket() {
  return UniqueFd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// Removes a socket that nobody listens to. Whatever else stands there stays.
absl::Status RemoveStale(const std::string& path, const sockaddr_un& address) {
  struct stat status = {};
  if (lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? absl::OkStatus() : SocketError("cannot look at", path);
  }
  if (!S_ISSOCK(status.st_mode)) {
    return absl::AlreadyExistsError(absl::StrCat(path, " exists and is no socket"));
  }
  const UniqueFd probe = NewSocket();
  // A living daemon accepts, or has a full queue (EAGAIN).
  if (connect(probe.get(), Generic(address), sizeof address) == 0 || errno == EAGAIN) {
    return absl::AlreadyExistsError(absl::StrCat("another daemon serves at ", path));
  }
  if (errno != ECONNREFUSED) return SocketError("cannot tell who serves at", path);
  return unlink(path.c_str()) == 0 ? absl::OkStatus() : SocketError("cannot remove", path);
}

absl::StatusOr<UniqueFd> Bind(const std::string& path, unsigned mode) {
  JPKID_ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  JPKID_RETURN_IF_ERROR(RemoveStale(path, address));
  UniqueFd socket = NewSocket();
  if (!socket.valid()) return SocketError("cannot make a socket for", path);
  // bind() makes the file with the mode of the socket less the umask: never wider than asked for.
  if (fchmod(socket.get(), mode) != 0 ||
      bind(socket.get(), Generic(address), sizeof address) != 0 || chmod(path.c_str(), mode) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0) {
    return SocketError("cannot listen at", path);
  }
  return socket;
}

// The socket that the service manager listens to for us; none: nothing.
absl::StatusOr<std::optional<UniqueFd>> HandedOver(const std::string& path) {
  const int count = sd_listen_fds(/*unset_environment=*/1);
  if (count <= 0) return std::nullopt;
  UniqueFd socket(SD_LISTEN_FDS_START);
  if (count != 1 || sd_is_socket_unix(socket.get(), SOCK_STREAM, 1, path.c_str(), 0) <= 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the service manager hands over another socket than ", path,
        ": ListenStream of jpkid.socket and socket.path of the configuration must agree"));
  }
  if (fcntl(socket.get(), F_SETFL, O_NONBLOCK) != 0) return SocketError("cannot use", path);
  return socket;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Start(const std::string& path, unsigned mode,
                                                          OnConnection on_connection) {
  UniqueFd stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop.valid()) return SocketError("cannot make a socket for", path);
  JPKID_ASSIGN_OR_RETURN(std::optional<UniqueFd> socket, HandedOver(path));
  const bool ours = !socket.has_value();
  if (ours) {
    JPKID_ASSIGN_OR_RETURN(socket, Bind(path, mode));
  }
  return std::unique_ptr<Listener>(new Listener(ours ? path : "", *std::move(socket),
                                                std::move(stop), std::move(on_connection)));
}

Listener::Listener(std::string path, UniqueFd socket, UniqueFd stop, OnConnection on_connection)
    : path_(std::move(path)),
      socket_(std::move(socket)),
      stop_(std::move(stop)),
      on_connection_(std::move(on_connection)),
      thread_([this] { Run(); }) {}

Listener::~Listener() { Stop(); }

void Listener::Stop() {
  if (!thread_.joinable()) return;
  if (eventfd_write(stop_.get(), 1) != 0) LogError("eventfd: %s", std::strerror(errno));
  thread_.join();
  if (!path_.empty()) unlink(path_.c_str());
  socket_ = UniqueFd();
}

void Listener::Run() {
  pthread_setname_np(pthread_self(), "rpc-accept");
  pollfd fds[] = {{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                  {.fd = stop_.get(), .events = POLLIN, .revents = 0}};
  while (true) {
    if (poll(fds, 2, -1) < 0 && errno != EINTR) {
      LogError("poll on the API's socket: %s", std::strerror(errno));
      return;
    }
    if (fds[1].revents != 0) return;
    if (fds[0].revents != 0) AcceptOne();
  }
}

void Listener::AcceptOne() {
  UniqueFd connection(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (connection.valid()) {
    on_connection_(std::move(connection));
    return;
  }
  if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return;
  LogError("accept on the API's socket: %s", std::strerror(errno));
  // Out of descriptors or memory: the connection still waits, and so must we.
  pollfd stop = {.fd = stop_.get(), .events = POLLIN, .revents = 0};
  poll(&stop, 1, 100);
}

}  // namespace jpkid::rpc
