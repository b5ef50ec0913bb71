#include "tests/faults/trap.h"

#include <utility>

namespace jpkid::faults {

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

Trap::Fate Trap::Strike(Site site) {
  Fate fate = Fate::kPass;
  std::function<void()> hook;
  {
    const MutexLock lock(mutex_);
    if (dead_) return Fate::kFailBefore;
    const int count = ++counts_[site];
    ++by_step_[site][step_];
    if (sprung_ || site != site_ || count != nth_) return Fate::kPass;
    sprung_ = true;
    sprung_at_ = step_;
    switch (action_) {
      case Action::kKillBefore:
        fate = Fate::kKillBefore;
        break;
      case Action::kKillAfter:
        fate = Fate::kKillAfter;
        break;
      case Action::kHook:
        hook = hook_;
        break;
      case Action::kFailBefore:
        fate = Fate::kFailBefore;
        break;
      case Action::kFailAfter:
        fate = Fate::kFailAfter;
        break;
      case Action::kGarble:
        fate = Fate::kGarble;
        break;
    }
  }
  if (fate == Fate::kKillBefore) Kill();
  if (hook) hook();
  return fate;
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
