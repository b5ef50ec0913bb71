#include "daemon/rpc/card_turns.h"

#include <algorithm>

#include "absl/time/clock.h"

#include "base/mutex.h"
#include "base/status.h"
#include "daemon/rpc/convert.h"

namespace jpkid::rpc {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr absl::Duration kLongestPatience = absl::Minutes(10);

absl::Time EndOfPatience(absl::Time deadline) {
  const absl::Time now = absl::Now();
  if (deadline == absl::InfiniteFuture()) return now + kPatience;
  return std::min(deadline, now + kLongestPatience);
}

// What comes of a job, for the thread that waits for it.
class Outcome {
 public:
  void Set(const absl::Status& status) {
    const MutexLock lock(mutex_);
    if (!status_.has_value()) status_ = status;
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

absl::Status CardTurns::Run(const CallInfo& info, const std::string& reader,
                            session::Job job) const {
  JPKID_ASSIGN_OR_RETURN(const std::string alias, IdOf("readers", reader, "reader"));
  const session::LeaseRequest request{.reader = alias,
                                      .client = ProcessInWords(info.caller),
                                      .priority = session::Priority::kCounter,
                                      .deadline = EndOfPatience(info.deadline)};
  const auto outcome = std::make_shared<Outcome>();
  JPKID_ASSIGN_OR_RETURN(
      const std::shared_ptr<void> turn,
      sessions_.Once(request, longest_work_, std::move(job),
                     [outcome](const absl::Status& status) { outcome->Set(status); }));
  info.on_gone([outcome, alias] { outcome->Set(Fail(Reason::kReaderBusy, {{"reader", alias}})); });
  return wrong_pins_.Note(InWords(info.caller), alias, outcome->Wait());
}

}  // namespace jpkid::rpc
