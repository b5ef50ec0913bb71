#include "daemon/rpc/card_turns.h"

#include <algorithm>

#include "base/mutex.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rpc/convert.h"

namespace jpkid::rpc {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr absl::Duration kLongestPatience = absl::Minutes(10);

absl::Time EndOfPatience(absl::Time deadline) {
  const absl::Time now = SteadyNow();
  if (deadline == absl::InfiniteFuture()) return now + kPatience;
  return std::min(deadline, now + kLongestPatience);
}

// A turn that was asked for, until somebody is told what came of it: the one who asked, once.
class AskedTurn {
 public:
  explicit AskedTurn(absl::AnyInvocable<void(const absl::Status&) &&> done)
      : done_(std::move(done)) {}

  // `place` in the queue is kept as long as nobody was told.
  void Keep(std::shared_ptr<void> place) {
    const MutexLock lock(mutex_);
    if (!told_) place_.swap(place);
  }

  // Whether the work may begin: not for one who has left. What has begun is told by what came of
  // it.
  bool Start() {
    const MutexLock lock(mutex_);
    begun_ = !told_;
    return begun_;
  }

  void Tell(const absl::Status& status) { Tell(status, true); }

  // The one who asked has left. What has begun goes on, and nothing is said of it yet: a card that
  // is being changed is not one that was busy.
  void Leave(const absl::Status& status) { Tell(status, false); }

 private:
  void Tell(const absl::Status& status, bool also_begun) {
    absl::AnyInvocable<void(const absl::Status&) &&> done;
    std::shared_ptr<void> place;  // Goes without the lock.
    {
      const MutexLock lock(mutex_);
      if (told_ || (begun_ && !also_begun)) return;
      told_ = true;
      done = std::move(done_);
      place.swap(place_);
    }
    std::move(done)(status);
  }

  Mutex mutex_;
  bool begun_ ABSL_GUARDED_BY(mutex_) = false;
  bool told_ ABSL_GUARDED_BY(mutex_) = false;
  absl::AnyInvocable<void(const absl::Status&) &&> done_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<void> place_ ABSL_GUARDED_BY(mutex_);
};

// What comes of a turn, for the thread that waits for it.
class Outcome {
 public:
  void Set(const absl::Status& status) {
    const MutexLock lock(mutex_);
    status_ = status;
    changed_.NotifyOne();
  }

  // Whoever sets it has a deadline: the queue for the turn, the reader's watch for the job.
  absl::Status Wait() {
    const MutexLock lock(mutex_);
    while (!status_.has_value()) changed_.WaitUntil(mutex_, absl::InfiniteFuture());
    return *status_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::optional<absl::Status> status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

void CardTurns::Begin(const CallInfo& info, const std::string& reader, session::Job job,
                      Done done) const {
  const absl::StatusOr<std::string> alias = IdOf("readers", reader, "reader");
  if (!alias.ok()) return std::move(done)(alias.status());
  const session::LeaseRequest request{.reader = *alias,
                                      .client = ProcessInWords(info.caller),
                                      .priority = session::Priority::kCounter,
                                      .deadline = EndOfPatience(info.deadline)};
  const auto turn = std::make_shared<AskedTurn>(std::move(done));
  const absl::Status busy = Fail(Reason::kReaderBusy, {{"reader", *alias}});
  auto place = sessions_.Once(
      request, longest_work_,
      [turn, busy, job = std::move(job)](hal::Card& card) mutable {
        return turn->Start() ? std::move(job)(card) : busy;
      },
      [turn, pins = sessions_.wrong_pins(), client = InWords(info.caller), alias = *alias](
          const absl::Status& status) { turn->Tell(pins->Note(client, alias, status)); });
  if (!place.ok()) return turn->Tell(place.status());
  turn->Keep(*std::move(place));
  info.on_gone([turn, busy] { turn->Leave(busy); });
}

absl::Status CardTurns::Wait(const CallInfo& info, const std::string& reader,
                             session::Job job) const {
  const auto outcome = std::make_shared<Outcome>();
  Begin(info, reader, std::move(job),
        [outcome](const absl::Status& status) { outcome->Set(status); });
  return outcome->Wait();
}

}  // namespace jpkid::rpc
