// jpkid: the parts list. What the daemon is made of, in the order in which it is built and the
// reverse of the order in which it ends.

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>

#include "absl/strings/str_cat.h"
#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/periodic.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/arguments.h"
#include "daemon/authority.h"
#include "daemon/ca/ca.h"
#include "daemon/card/card.h"
#include "daemon/config/config.h"
#include "daemon/desk/desk.h"
#include "daemon/events/events.h"
#include "daemon/part_options.h"
#include "daemon/rpc/rpc.h"
#include "daemon/rules/rules.h"
#include "daemon/runner/runner.h"
#include "daemon/session/session.h"
#include "daemon/sql/sql.h"
#include "daemon/store/store.h"
#include "hal/open_readers.h"

namespace jpkid {
namespace {

constexpr absl::Duration kStopWithin = absl::Seconds(20);
// At the readers: who calls at once shall find them.
constexpr absl::Duration kFirstLook = absl::Seconds(2);
constexpr absl::Duration kHousekeeping = absl::Hours(1);
// Then a driver hangs that nobody can interrupt. The journal knows how to go on.
constexpr timespec kEndAtLast = {.tv_sec = 40, .tv_nsec = 0};

// No PIN ever reaches a core file, nor another process of the same user.
void KeepMemoryPrivate() {
  const rlimit none = {.rlim_cur = 0, .rlim_max = 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) {
    LogWarning("core files could not be switched off");
  }
}

// Each connection has a descriptor. More than the usual 1,024 of them may be open at once.
void RaiseDescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65536);
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) LogWarning("the limit of open files stays as it is");
}

// The signals that end the daemon, waited for by one thread alone. Blocked before any other thread
// starts.
sigset_t EndingSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

absl::StatusOr<UniqueFd> Lock(const std::string& file, absl::string_view place) {
  absl::StatusOr<UniqueFd> lock = MakeLock(file);
  if (!absl::IsUnavailable(lock.status())) return lock;
  return absl::AlreadyExistsError(
      absl::StrCat("another jpkid works in ", place, "; stop it first"));
}

struct Locks {
  UniqueFd data_dir;
  UniqueFd store;  // None on a database server, which daemons share.
};

// One daemon for each data directory, and for each file with a store, which may lie elsewhere. By
// whatever link it is named, its lock is beside the file itself.
absl::StatusOr<Locks> LockPlaces(const config::Config& config) {
  JPKID_RETURN_IF_ERROR(MakePrivateDirectory(config.data_dir));
  Locks locks;
  JPKID_ASSIGN_OR_RETURN(locks.data_dir,
                         Lock(absl::StrCat(config.data_dir, "/jpkid.lock"), config.data_dir));
  const std::optional<std::string> store = sql::SqlitePath(config.store_url);
  if (!store.has_value()) return locks;
  std::error_code error;
  const std::string file = std::filesystem::weakly_canonical(*store, error);
  JPKID_ASSIGN_OR_RETURN(locks.store, Lock(absl::StrCat(error ? *store : file, ".lock"), *store));
  return locks;
}

absl::StatusOr<std::shared_ptr<hal::Readers>> LookAtReaders(const config::Config& config) {
  JPKID_ASSIGN_OR_RETURN(std::shared_ptr<hal::Readers> readers,
                         hal::OpenReaders(ReadersOf(config), config.trace_file));
  readers->WaitForChange(0, SteadyNow() + kFirstLook);
  return readers;
}

absl::StatusOr<std::unique_ptr<card::IssuerKeys>> IssuerKeysOf(const config::Config& config) {
  if (config.issuer_master_key_file.empty()) {
    return card::FromMasterKey(hal::TrainingIssuerMasterKey());
  }
  JPKID_ASSIGN_OR_RETURN(Secret master, card::ReadMasterKey(config.issuer_master_key_file));
  return card::FromMasterKey(std::move(master));
}

void EndOverdueCases(desk::CaseDesk& desk) {
  const absl::StatusOr<int> ended = desk.ExpireOverdue();
  if (!ended.ok()) {
    LogWarning("overdue cases stay open: %s", std::string(ended.status().message()));
  } else if (*ended > 0) {
    LogInfo("%d cases have ended: their reply never came", *ended);
  }
}

// Instead of serving: puts `backup` in the store's place; empty: another program did it.
absl::Status Restore(const config::Config& config, const std::string& backup) {
  JPKID_ASSIGN_OR_RETURN(const Locks locks, LockPlaces(config));
  SystemClock clock;
  if (backup.empty()) {
    JPKID_ASSIGN_OR_RETURN(const int marked, store::MarkRestored(StoreOf(config), clock));
    std::printf("marked as restored; unfinished operations: %d\n", marked);
    return absl::OkStatus();
  }
  JPKID_ASSIGN_OR_RETURN(const std::string kept,
                         store::RestoreStore(StoreOf(config), backup, clock));
  std::printf("restored from %s\n", backup.c_str());
  if (!kept.empty()) std::printf("the store that was there: %s\n", kept.c_str());
  return absl::OkStatus();
}

// Says that the daemon serves: to whoever started it, and to systemd.
void SayReady(const config::Config& config) {
  const bool training = config.purpose == config::Purpose::kTraining;
  std::printf("jpkid ready: unix:%s%s\n", config.socket_path.c_str(),
              training ? " (TRAINING)" : "");
  std::fflush(stdout);
  sd_notify(0, "READY=1");
}

// Returns at the first signal. A second one ends the process at once, and so does time.
void WaitForTheEnd(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  LogInfo("stopping (%s); operations under way go on at the next start", strsignal(signal));
  sd_notify(0, "STOPPING=1");
  std::thread([signals] {
    while (sigtimedwait(&signals, nullptr, &kEndAtLast) < 0 && errno == EINTR) {
    }
    LogError("ending without waiting any longer");
    _exit(1);
  }).detach();
}

// New calls are refused first, so that what is under way can be written down.
void Stop(rpc::Server& server, runner::Runner& runner, session::Sessions& sessions) {
  const absl::Time deadline = SteadyNow() + kStopWithin;
  server.Refuse();
  runner.Stop(deadline);
  sessions.Stop();
  server.Stop(deadline);
}

absl::Status Serve(const config::Config& config, const sigset_t& signals) {
  JPKID_ASSIGN_OR_RETURN(const Locks locks, LockPlaces(config));
  SystemClock clock;
  events::Feed feed;
  JPKID_ASSIGN_OR_RETURN(const auto municipalities,
                         rules::Municipalities::Load(config.municipality_dir));
  JPKID_ASSIGN_OR_RETURN(const rules::Municipality* const municipality,
                         municipalities.Find(config.municipality));
  JPKID_ASSIGN_OR_RETURN(const std::shared_ptr<hal::Readers> readers, LookAtReaders(config));
  JPKID_ASSIGN_OR_RETURN(const auto authority, OpenAuthority(config, clock));
  JPKID_ASSIGN_OR_RETURN(const auto issuer_keys, IssuerKeysOf(config));
  JPKID_ASSIGN_OR_RETURN(const auto store, store::Store::Open(StoreOf(config), clock));
  const auto sessions = session::Sessions::Create(readers, SessionsOf(config));
  const auto runner = runner::Runner::Create({.store = *store,
                                              .sessions = *sessions,
                                              .authority = *authority,
                                              .issuer_keys = *issuer_keys,
                                              .feed = feed,
                                              .clock = clock},
                                             RunnerOf(config, *municipality));
  JPKID_ASSIGN_OR_RETURN(
      const auto desk,
      desk::CaseDesk::Create({.cases = *store, .municipalities = municipalities, .clock = clock},
                             DeskOf(config)));
  JPKID_ASSIGN_OR_RETURN(const auto server, rpc::Server::Start({.sessions = *sessions,
                                                                .store = *store,
                                                                .runner = *runner,
                                                                .desk = *desk,
                                                                .feed = feed,
                                                                .authority = *authority,
                                                                .issuer_keys = *issuer_keys},
                                                               ServerOf(config)));
  JPKID_RETURN_IF_ERROR(runner->Resume());
  const Periodic housekeeping(kHousekeeping, [&desk] { EndOverdueCases(*desk); });
  SayReady(config);
  WaitForTheEnd(signals);
  Stop(*server, *runner, *sessions);
  return absl::OkStatus();
}

int Complain(const absl::Status& status) {
  std::fprintf(stderr, "jpkid: %s\n", std::string(status.message()).c_str());
  return 1;
}

int Run(const Arguments& arguments) {
  StartLogging();
  const absl::StatusOr<config::Config> config = Configure(arguments);
  if (!config.ok()) return Complain(config.status());
  SetLogLevel(config->log_level);
  for (const std::string& warning : config->warnings) LogWarning("%s", warning);
  if (arguments.check_config) {
    std::printf("%s: fine\n", arguments.config_file.empty() ? "the embedded default"
                                                            : arguments.config_file.c_str());
    return 0;
  }

  KeepMemoryPrivate();
  RaiseDescriptorLimit();
  std::signal(SIGPIPE, SIG_IGN);
  if (config->purpose == config::Purpose::kTraining) {
    LogWarning("TRAINING: nothing made here is valid anywhere");
  }
  const absl::Status status =
      arguments.restores() ? Restore(*config, arguments.backup) : Serve(*config, EndingSignals());
  return status.ok() ? 0 : Complain(status);
}

}  // namespace
}  // namespace jpkid

int main(int argc, char** argv) {
  const auto arguments = jpkid::ParseArguments(argc, argv);
  const auto* const run = std::get_if<jpkid::Arguments>(&arguments);
  return run == nullptr ? std::get<int>(arguments) : jpkid::Run(*run);
}
