#include "tests/faults/trap.h"

#include <utility>

namespace jpkid::faults {
namespace {

constexpr int kFurtherRefusals = 1;

}  // namespace

void Trap::Set(Site site, int nth, Action action, std::function<void()> hook) {
  const MutexLock lock(mutex_);
  counts_.clear();
  by_step_.clear();
  site_ = site;
  nth_ = nth;
  action_ = action;
  hook_ = std::move(hook);
  sprung_ = false;
}

Trap::Fate Trap::FateOf(Action action) {
  switch (action) {
    case Action::kKillBefore:
      return Fate::kKillBefore;
    case Action::kKillAfter:
      return Fate::kKillAfter;
    case Action::kHook:
      return Fate::kPass;
    case Action::kFailBefore:
      return Fate::kFailBefore;
    case Action::kFailAfter:
      return Fate::kFailAfter;
    case Action::kGarble:
      return Fate::kGarble;
    case Action::kRefuse:
      refusals_left_ = kFurtherRefusals;
      return Fate::kRefuse;
    case Action::kWait:
      return Fate::kWait;
    case Action::kLate:
      late_ = true;
      return Fate::kLate;
    case Action::kOutage:
      outage_ = true;
      break;
  }
  return Fate::kFailBefore;
}

Trap::Fate Trap::Strike(Site site) {
  Fate fate = Fate::kPass;
  std::function<void()> hook;
  {
    const MutexLock lock(mutex_);
    if (dead_) return Fate::kFailBefore;
    const int count = ++counts_[site];
    ++by_step_[site][step_];
    if (site == Site::kStore && outage_) return Fate::kFailBefore;
    if (site == Site::kAuthority && refusals_left_ > 0) {
      --refusals_left_;
      return Fate::kRefuse;
    }
    if (sprung_ || site != site_ || count != nth_) return Fate::kPass;
    sprung_ = true;
    sprung_at_ = step_;
    fate = FateOf(action_);
    hook = hook_;
  }
  if (fate == Fate::kKillBefore) Kill();
  if (hook) hook();
  return fate;
}

void Trap::WaitUntilGivenUp() {
  const MutexLock lock(mutex_);
  while (late_) given_up_.WaitUntil(mutex_, absl::InfiniteFuture());
}

void Trap::EndLate() {
  const MutexLock lock(mutex_);
  late_ = false;
  given_up_.NotifyAll();
}

bool Trap::outage() const {
  const MutexLock lock(mutex_);
  return outage_;
}

void Trap::EndOutage() {
  const MutexLock lock(mutex_);
  outage_ = false;
}

void Trap::Kill() {
  {
    const MutexLock lock(mutex_);
    dead_ = true;
  }
  on_kill_();
}

bool Trap::dead() const {
  const MutexLock lock(mutex_);
  return dead_;
}

void Trap::Revive() {
  const MutexLock lock(mutex_);
  dead_ = false;
}

void Trap::NoteStep(const std::string& step) {
  const MutexLock lock(mutex_);
  step_ = step;
}

int Trap::count(Site site) const {
  const MutexLock lock(mutex_);
  const auto found = counts_.find(site);
  return found == counts_.end() ? 0 : found->second;
}

bool Trap::sprung() const {
  const MutexLock lock(mutex_);
  return sprung_;
}

std::string Trap::step() const {
  const MutexLock lock(mutex_);
  return sprung_at_;
}

std::map<std::string, int> Trap::steps(Site site) const {
  const MutexLock lock(mutex_);
  const auto found = by_step_.find(site);
  return found == by_step_.end() ? std::map<std::string, int>() : found->second;
}

}  // namespace jpkid::faults
