#include "daemon/rpc/health_watcher.h"

#include <pthread.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace jpkid::rpc {
namespace {

constexpr absl::Duration kPace = absl::Seconds(2);

}  // namespace

HealthWatcher::HealthWatcher(session::Sessions& sessions, store::Store& store,
                             const ca::CertificateAuthority& authority, HealthBoard& board)
    : sessions_(sessions), store_(store), authority_(authority), board_(board) {
  const session::ReaderStatusList list = sessions_.List();
  Look(list);
  thread_ = std::thread([this, version = list.version] { Run(version); });
}

HealthWatcher::~HealthWatcher() {
  stopping_ = true;
  thread_.join();
}

void HealthWatcher::Run(std::uint64_t version) {
  pthread_setname_np(pthread_self(), "rpc-health");
  absl::Time next = absl::Now() + kPace;
  while (!stopping_) {
    const session::ReaderStatusList list = sessions_.WaitForChange(version, next);
    if (list.version == version && absl::Now() < next) return;  // The sessions have stopped.
    version = list.version;
    next = absl::Now() + kPace;
    Look(list);
  }
}

void HealthWatcher::Look(const session::ReaderStatusList& list) {
  HealthBoard::Entries readers;
  for (const session::ReaderStatus& status : list.readers) {
    readers[absl::StrCat("reader/", status.alias)] =
        status.hardware.presence != hal::Presence::kUnavailable;
  }
  board_.Replace("reader/", readers);
  board_.Replace("store", {{"store", store_.Check().ok()}});
  // In process: it works as long as we do.
  board_.Replace("ca/", {{absl::StrCat("ca/", authority_.name()), true}});
}

}  // namespace jpkid::rpc
