#include "daemon/rpc/health_watcher.h"

#include <pthread.h>

#include "absl/strings/str_cat.h"

#include "base/steady_time.h"

namespace jpkid::rpc {
namespace {

constexpr absl::Duration kPace = absl::Seconds(2);

}  // namespace

HealthWatcher::HealthWatcher(session::Sessions& sessions, store::Store& store,
                             const ca::CertificateAuthority& authority, HealthBoard& board)
    : sessions_(sessions), store_(store), authority_(authority), board_(board) {
  LookAtReaders();
  LookAtTheRest();
  thread_ = std::thread([this] { Run(); });
}

HealthWatcher::~HealthWatcher() {
  stopping_ = true;
  thread_.join();
}

// Turns at readers change nothing here, and come far more often.
void HealthWatcher::Run() {
  pthread_setname_np(pthread_self(), "rpc-health");
  std::uint64_t version = 0;
  absl::Time next = SteadyNow() + kPace;
  while (!stopping_) {
    const std::uint64_t now = sessions_.WaitForHardware(version, next);
    if (now == version && SteadyNow() < next) return;  // The sessions have stopped.
    LookAtReaders();
    version = now;
    if (SteadyNow() < next) continue;
    LookAtTheRest();
    next = SteadyNow() + kPace;
  }
}

void HealthWatcher::LookAtReaders() {
  HealthBoard::Entries readers;
  for (const session::ReaderStatus& status : sessions_.List().readers) {
    readers[absl::StrCat("reader/", status.alias)] =
        status.hardware.presence != hal::Presence::kUnavailable;
  }
  board_.Replace("reader/", readers);
}

void HealthWatcher::LookAtTheRest() {
  board_.Replace("store", {{"store", store_.Check().ok()}});
  // After a silence it works only once it has said something again.
  const bool answers = authority_.circuit() == ca::Circuit::kClosed;
  board_.Replace("ca/", {{absl::StrCat("ca/", authority_.name()), answers}});
}

}  // namespace jpkid::rpc
