#include "hal/pcsc/watcher.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "hal/pcsc/codes.h"
#include "hal/pcsc/context.h"
#include "hal/pcsc/holder.h"

namespace jpkid::hal::pcsc {
namespace {

// pcscd tells of insertions at once, but of foreign use only when it is asked.
constexpr DWORD kRoundMs = 300;
constexpr absl::Duration kStopPatience = absl::Seconds(2);
constexpr absl::Duration kShortestBackOff = absl::Milliseconds(50);
constexpr absl::Duration kLongestBackOff = absl::Seconds(2);
constexpr int kMostRelists = 10;
constexpr char kPnp[] = "\\\\?PnP?\\Notification";  // Its state changes with the list of readers.

// The names of all readers now. A PC/SC code.
LONG ListNames(const Context& context, std::vector<std::string>& names) {
  names.clear();
  char buffer[16 * (MAX_READERNAME + 1) + 1] = {};  // pcsc-lite has at most 16 readers.
  DWORD size = sizeof(buffer);
  const LONG code = SCardListReaders(context.get(), nullptr, buffer, &size);
  if (code == SCARD_E_NO_READERS_AVAILABLE) return SCARD_S_SUCCESS;
  if (code != SCARD_S_SUCCESS) return code;
  for (const char* name = buffer; *name != '\0'; name += names.back().size() + 1) {
    names.emplace_back(name);
  }
  return SCARD_S_SUCCESS;
}

// One connection to pcscd, for as long as it lasts.
class Watch {
 public:
  Watch(const Context& context, Ledger& ledger) : context_(context), ledger_(ledger) {}

  // Waits for a change or kRoundMs and writes what is seen into the ledger. A PC/SC code; the
  // connection is of no more use unless it is SCARD_S_SUCCESS.
  LONG Round() {
    std::vector<std::string> names;
    LONG code = ListNames(context_, names);
    if (code != SCARD_S_SUCCESS) return code;
    TakeNames(std::move(names));
    const std::uint64_t use_epoch = ledger_.use_epoch();
    std::vector<SCARD_READERSTATE> states = states_;
    // pcscd takes no longer list than that, and has no more readers.
    if (states.size() < PCSCLITE_MAX_READERS_CONTEXTS) {
      states.push_back({});
      states.back().szReader = kPnp;
    }
    code = SCardGetStatusChange(context_.get(), kRoundMs, states.data(), states.size());
    if (code == SCARD_E_UNKNOWN_READER && ++relists_ < kMostRelists) return SCARD_S_SUCCESS;
    if (code != SCARD_S_SUCCESS && code != SCARD_E_TIMEOUT) return code;
    relists_ = 0;
    states.resize(states_.size());
    const bool certain = ledger_.Saw(states, use_epoch);
    if (ledger_.HasUnnamedHolder()) ledger_.NameHolders(OtherClientsOfPcscd());
    for (SCARD_READERSTATE& state : states) {
      state.dwCurrentState = certain ? state.dwEventState & ~SCARD_STATE_CHANGED
                                     : static_cast<DWORD>(SCARD_STATE_UNAWARE);
    }
    states_ = std::move(states);
    return SCARD_S_SUCCESS;
  }

 private:
  // Readers that are new are looked at from scratch, the others from where they were.
  void TakeNames(std::vector<std::string> names) {
    if (names == names_) return;
    std::vector<SCARD_READERSTATE> states;
    for (const std::string& name : names) {
      const auto known = std::find(names_.begin(), names_.end(), name);
      states.push_back(known == names_.end()
                           ? SCARD_READERSTATE{}
                           : states_[static_cast<std::size_t>(known - names_.begin())]);
    }
    names_ = std::move(names);
    for (std::size_t i = 0; i < names_.size(); ++i) states[i].szReader = names_[i].c_str();
    states_ = std::move(states);
  }

  const Context& context_;
  Ledger& ledger_;
  std::vector<std::string> names_;
  std::vector<SCARD_READERSTATE> states_;
  int relists_ = 0;
};

}  // namespace

struct Watcher::Shared {
  explicit Shared(std::shared_ptr<Ledger> book) : ledger(std::move(book)) {}

  void Run();
  LONG WatchUntilGone();
  bool Stopping();
  void Stop();

  // Sleeps, or wakes up at once to stop.
  void BackOff(absl::Duration time);

  const std::shared_ptr<Ledger> ledger;
  Mutex mutex;
  CondVar changed;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  bool ended ABSL_GUARDED_BY(mutex) = false;
};

bool Watcher::Shared::Stopping() {
  const MutexLock lock(mutex);
  return stopping;
}

void Watcher::Shared::BackOff(absl::Duration time) {
  const absl::Time end = SteadyNow() + time;
  const MutexLock lock(mutex);
  while (!stopping && changed.WaitUntil(mutex, end)) {
  }
}

LONG Watcher::Shared::WatchUntilGone() {
  Context context;
  LONG code = context.Establish();
  if (code == SCARD_S_SUCCESS) LogInfo("pcscd is found");
  Watch watch(context, *ledger);
  while (code == SCARD_S_SUCCESS && !Stopping()) code = watch.Round();
  return code;
}

void Watcher::Shared::Run() {
  absl::Duration back_off = kShortestBackOff;
  while (!Stopping()) {
    const absl::Time start = SteadyNow();
    const LONG code = WatchUntilGone();
    if (Stopping()) break;
    if (SteadyNow() - start > kLongestBackOff) back_off = kShortestBackOff;
    const Failure failure = FailureOf(FromPcsc(code, ""));
    const auto detail = failure.metadata.find("detail");
    ledger->ServiceGone(detail == failure.metadata.end() ? CodeName(code) : detail->second);
    if (back_off == kShortestBackOff) LogWarning("pcscd is lost: %s", CodeName(code));
    BackOff(back_off);
    back_off = std::min(back_off * 2, kLongestBackOff);
  }
  const MutexLock lock(mutex);
  ended = true;
  changed.NotifyAll();
}

void Watcher::Shared::Stop() {
  const absl::Time deadline = SteadyNow() + kStopPatience;
  const MutexLock lock(mutex);
  stopping = true;
  changed.NotifyAll();
  while (!ended && changed.WaitUntil(mutex, deadline)) {
  }
  if (!ended) LogWarning("pcscd does not answer; its watcher is left behind");
}

Watcher::Watcher(std::shared_ptr<Ledger> ledger)
    : shared_(std::make_shared<Shared>(std::move(ledger))) {
  std::thread([shared = shared_] { shared->Run(); }).detach();
}

Watcher::~Watcher() { shared_->Stop(); }

}  // namespace jpkid::hal::pcsc
