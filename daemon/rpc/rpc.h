#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "daemon/ca/ca.h"
#include "daemon/card/card.h"
#include "daemon/desk/desk.h"
#include "daemon/events/events.h"
#include "daemon/runner/runner.h"
#include "daemon/session/session.h"
#include "daemon/store/store.h"

// The API: gRPC on a Unix socket, every call through one guard. See guard.h.
namespace jpkid::rpc {

// What the services work with. All of it outlives the server.
struct Parts {
  session::Sessions& sessions;
  store::Store& store;
  runner::Runner& runner;
  desk::CaseDesk& desk;
  events::Feed& feed;
  const ca::CertificateAuthority& authority;
  const card::IssuerKeys& issuer_keys;
};

// The roles that processes of one user hold.
struct Grant {
  std::uint32_t uid = 0;
  std::vector<std::string> roles;  // As the API names them, in lower case: "clerk", "raw_apdu".
};

struct Options {
  std::string socket_path;
  unsigned socket_mode = 0600;
  std::vector<Grant> grants;
  bool training = true;  // Told with every answer, so that every front end can say it.
  std::size_t most_connections = 4096;
  absl::Duration card_job = absl::Seconds(60);  // A reader that needs longer for a call hangs.
  // An exclusive raw session's limits: without a command, and in all.
  absl::Duration session_idle = absl::Seconds(30);
  absl::Duration session_total = absl::Minutes(5);
};

// Every role there is, for the embedded default's own user.
std::vector<std::string> AllRoles();

// Serves the API from Start to Stop.
class Server {
 public:
  // INVALID_ARGUMENT for a role that does not exist; ALREADY_EXISTS where another daemon serves at
  // the socket.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Parts& parts, const Options& options);
  virtual ~Server() = default;

  // Refuses new calls and ends every stream, with SHUTTING_DOWN. What works goes on.
  virtual void Refuse() = 0;

  // Cancels what is still open at `deadline` and returns when no call is left. The sessions have
  // been stopped: nobody waits for a card any more.
  virtual void Stop(absl::Time deadline) = 0;
};

}  // namespace jpkid::rpc
