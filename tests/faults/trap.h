#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/mutex.h"

namespace jpkid::faults {

// Where the daemon touches the world, and a fault can strike.
enum class Site {
  kCard,       // One APDU.
  kAuthority,  // One message to the certificate authority, and its answer.
  kStore,      // One write.
};

// What happens there, once.
enum class Action {
  // The daemon is killed: nothing that it does from now on has any effect.
  kKillBefore,  // The act has no effect.
  kKillAfter,   // It has, and nobody learns of it.
  kHook,        // The trap's hook is called, then the act goes on.
  // Of authority and store: the act fails.
  kFailBefore,
  kFailAfter,  // It had its effect, and its answer is lost.
  kGarble,     // Of the authority: it had its effect, and its answer is not its own words.
  kRefuse,     // Of the authority: it says no, to this message and the next ones.
  kWait,       // Of the authority: it wants to be asked later.
  kLate,       // Of the card: it had its effect, and its answer comes when nobody waits for it.
  kOutage,     // Of the store: nothing can be written or read until EndOutage.
};

// Counts what the daemon does at each site, and springs at the one act it was set for. Shared by
// all the parts that it stands between. Thread-safe.
class Trap {
 public:
  // Springs with `action` at the `nth` act at `site` from now on, from 1.
  void Set(Site site, int nth, Action action, std::function<void()> hook = {});

  // Called for each act at `site`; whether it is the one, and what happens.
  enum class Fate {
    kPass,
    kKillBefore,
    kKillAfter,
    kFailBefore,
    kFailAfter,
    kGarble,
    kRefuse,
    kWait,
    kLate
  };
  Fate Strike(Site site);

  // The daemon was killed and is still to be cleared away.
  bool dead() const;
  // A new daemon starts.
  void Revive();
  // Carries out kKillAfter. `on_kill` of the constructor is told.
  void Kill();

  // The store is away; reads ask for themselves.
  bool outage() const;
  void EndOutage();

  // Carries out kLate: returns when EndLate is called, by whoever sees that nobody waits any more.
  void WaitUntilGivenUp();
  void EndLate();

  // The step that the operation is at, as its journal says.
  void NoteStep(const std::string& step);

  // Acts so far at `site`.
  int count(Site site) const;
  bool sprung() const;
  // The step at which it sprung.
  std::string step() const;
  // Acts at `site` in each step.
  std::map<std::string, int> steps(Site site) const;

  explicit Trap(std::function<void()> on_kill) : on_kill_(std::move(on_kill)) {}

 private:
  Fate FateOf(Action action) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::function<void()> on_kill_;
  mutable Mutex mutex_;
  std::map<Site, int> counts_ ABSL_GUARDED_BY(mutex_);
  std::map<Site, std::map<std::string, int>> by_step_ ABSL_GUARDED_BY(mutex_);
  Site site_ ABSL_GUARDED_BY(mutex_) = Site::kCard;
  int nth_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: not set.
  Action action_ ABSL_GUARDED_BY(mutex_) = Action::kKillBefore;
  std::function<void()> hook_ ABSL_GUARDED_BY(mutex_);
  bool sprung_ ABSL_GUARDED_BY(mutex_) = false;
  bool dead_ ABSL_GUARDED_BY(mutex_) = false;
  CondVar given_up_;
  bool late_ ABSL_GUARDED_BY(mutex_) = false;
  bool outage_ ABSL_GUARDED_BY(mutex_) = false;
  int refusals_left_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string step_ ABSL_GUARDED_BY(mutex_);
  std::string sprung_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::faults
