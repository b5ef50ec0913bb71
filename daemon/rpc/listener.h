#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

#include "base/file.h"

namespace jpkid::rpc {

// A Unix socket that clients connect to, and the thread that accepts them: gRPC's own listener
// would not tell who they are.
class Listener {
 public:
  using OnConnection = absl::AnyInvocable<void(UniqueFd)>;

  // Binds `path`, mode `mode`; a socket that a dead daemon left there is replaced. ALREADY_EXISTS
  // when a living one answers there. A socket that the service manager listens to at `path` and has
  // handed over (sd_listen_fds) is taken as it is: who calls while no daemon runs then waits for
  // the next one. `on_connection` is called on the listener's thread with each connection,
  // non-blocking.
  static absl::StatusOr<std::unique_ptr<Listener>> Start(const std::string& path, unsigned mode,
                                                         OnConnection on_connection);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Accepts nobody any more and removes the socket, unless it is the service manager's.
  void Stop();

 private:
  // `path`: to be removed; empty: not ours.
  Listener(std::string path, UniqueFd socket, UniqueFd stop, OnConnection on_connection);
  void Run();
  void AcceptOne();

  const std::string path_;
  UniqueFd socket_;
  const UniqueFd stop_;  // An eventfd.
  OnConnection on_connection_;
  std::thread thread_;
};

}  // namespace jpkid::rpc
