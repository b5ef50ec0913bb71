#include <utility>

#include "absl/strings/str_cat.h"

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rpc/card_service.h"
#include "daemon/rpc/case_service.h"
#include "daemon/rpc/endpoint.h"
#include "daemon/rpc/guard.h"
#include "daemon/rpc/health_service.h"
#include "daemon/rpc/health_watcher.h"
#include "daemon/rpc/listener.h"
#include "daemon/rpc/maintenance_service.h"
#include "daemon/rpc/operation_service.h"
#include "daemon/rpc/peers.h"
#include "daemon/rpc/reader_service.h"
#include "daemon/rpc/reflection_service.h"
#include "daemon/rpc/rpc.h"
#include "daemon/rpc/services.h"
#include "daemon/rpc/session_service.h"

namespace jpkid::rpc {
namespace {

// How often operations that are watched are looked at, for what other daemons did with them.
constexpr absl::Duration kLookAgain = absl::Seconds(1);

absl::StatusOr<Roles> ToRoles(const std::vector<Grant>& grants) {
  Roles roles;
  for (const Grant& grant : grants) {
    for (const std::string& name : grant.roles) {
      const jpki::v1::Role role = ParseRole(name);
      if (role == jpki::v1::ROLE_UNSPECIFIED) {
        return absl::InvalidArgumentError(absl::StrCat("there is no role '", name, "'"));
      }
      roles.Grant(UidCaller{grant.uid}, role);
    }
  }
  return roles;
}

std::vector<std::string> ServedNames() {
  std::vector<std::string> names;
  for (const auto* service : ApiServices()) names.push_back(service->full_name());
  for (const auto* service : StandardServices()) names.push_back(service->full_name());
  return names;
}

HealthBoard::Entries ServicesWork() {
  HealthBoard::Entries entries = {{"", true}};
  for (const std::string& name : ServedNames()) entries[name] = true;
  return entries;
}

class ServerImpl final : public Server {
 public:
  ServerImpl(const Parts& parts, Options options, Roles roles, std::unique_ptr<Endpoint> endpoint)
      : options_(std::move(options)),
        roles_(std::move(roles)),
        peers_(Peers::RangeOfProcess(options_.most_connections)),
        endpoint_(std::move(endpoint)),
        streams_(endpoint_->loop()),
        repeats_(parts.store),
        tails_(parts.store, parts.feed, watch_pool_, kLookAgain),
        readers_(parts.sessions, registry_),
        raw_sessions_(parts.sessions,
                      {.idle = options_.session_idle,
                       .total = options_.session_total,
                       .longest_batch = options_.card_job},
                      registry_),
        cards_(parts.sessions, parts.issuer_keys, parts.authority.training(), options_.card_job,
               registry_),
        operations_(parts.store, parts.runner, parts.desk, tails_, registry_),
        cases_(parts.desk, parts.store, parts.runner, registry_),
        maintenance_(parts.store, registry_),
        health_(board_, registry_),
        reflection_(ServedNames(), registry_),
        guard_({.methods = registry_,
                .roles = roles_,
                .caller_of = [this](absl::string_view peer) { return CallerOf(peer); },
                .repeats = repeats_,
                .streams = streams_,
                .store_pool = store_pool_,
                .card_pool = card_pool_,
                .environment = options_.training ? "training" : "production"}) {
    board_->Replace("", ServicesWork());
    health_watcher_ =
        std::make_unique<HealthWatcher>(parts.sessions, parts.store, parts.authority, *board_);
  }

  ~ServerImpl() override { Stop(SteadyNow()); }

  absl::Status Listen() {
    endpoint_->Start([this](const std::shared_ptr<Call>& call) { guard_.Handle(call); });
    JPKID_ASSIGN_OR_RETURN(listener_,
                           Listener::Start(options_.socket_path, options_.socket_mode,
                                           [this](UniqueFd fd) { Admit(std::move(fd)); }));
    return absl::OkStatus();
  }

  void Refuse() override {
    if (listener_ != nullptr) listener_->Stop();
    guard_.RefuseAll();
    board_->StopAll();
    endpoint_->loop().Post([this] { streams_.EndAll(Fail(Reason::kShuttingDown)); });
  }

  void Stop(absl::Time deadline) override {
    Refuse();
    health_watcher_.reset();
    endpoint_->Stop(deadline);
  }

 private:
  std::optional<Caller> CallerOf(absl::string_view peer) const {
    const std::optional<UidCaller> caller = peers_.Find(peer);
    if (!caller.has_value()) return std::nullopt;
    return *caller;
  }

  void Admit(UniqueFd connection) {
    absl::StatusOr<UniqueFd> admitted = peers_.Admit(std::move(connection));
    if (admitted.ok()) {
      endpoint_->Serve(*std::move(admitted));
    } else {
      LogWarning("a connection is refused: %s", admitted.status().message());
    }
  }

  const Options options_;
  const Roles roles_;
  Peers peers_;
  Registry registry_{ApiServices(), StandardServices()};
  const std::shared_ptr<HealthBoard> board_ = std::make_shared<HealthBoard>();
  // Before the endpoint goes no call is left that could use what stands below it.
  const std::unique_ptr<Endpoint> endpoint_;
  Streams streams_;
  Repeats repeats_;
  WorkPool store_pool_{{.name = "rpc-store", .most_threads = 4, .most_waiting = 8192}};
  WorkPool card_pool_{{.name = "rpc-card", .most_threads = 64, .most_waiting = 1024}};
  WorkPool watch_pool_{{.name = "rpc-watch", .most_threads = 1, .most_waiting = 16384}};
  OperationTails tails_;
  ReaderService readers_;
  SessionService raw_sessions_;
  CardService cards_;
  OperationService operations_;
  CaseService cases_;
  MaintenanceService maintenance_;
  HealthService health_;
  ReflectionService reflection_;
  Guard guard_;
  std::unique_ptr<HealthWatcher> health_watcher_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

std::vector<std::string> AllRoles() {
  std::vector<std::string> names;
  const auto& roles = *jpki::v1::Role_descriptor();
  for (int i = 0; i < roles.value_count(); ++i) {
    const auto role = static_cast<jpki::v1::Role>(roles.value(i)->number());
    if (role != jpki::v1::ROLE_UNSPECIFIED) names.push_back(RoleName(role));
  }
  return names;
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Parts& parts, const Options& options) {
  JPKID_ASSIGN_OR_RETURN(Roles roles, ToRoles(options.grants));
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<Endpoint> endpoint, Endpoint::Create({}));
  auto server = std::make_unique<ServerImpl>(parts, options, std::move(roles), std::move(endpoint));
  JPKID_RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace jpkid::rpc
