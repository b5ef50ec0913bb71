#include "daemon/rpc/card_turns.h"

#include <algorithm>

#include "absl/time/clock.h"

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

}  // namespace

absl::Status CardTurns::Run(const CallInfo& info, const std::string& reader,
                            session::Job job) const {
  JPKID_ASSIGN_OR_RETURN(const std::string alias, IdOf("readers", reader, "reader"));
  const session::LeaseRequest request{.reader = alias,
                                      .client = InWords(info.caller),
                                      .priority = session::Priority::kCounter,
                                      .deadline = EndOfPatience(info.deadline)};
  JPKID_ASSIGN_OR_RETURN(const std::unique_ptr<session::Lease> lease,
                         sessions_.Acquire(request, [](int) {}));
  if (info.gone()) return Fail(Reason::kReaderBusy, {{"reader", alias}});
  return lease->Run(absl::Now() + longest_work_, std::move(job));
}

}  // namespace jpkid::rpc
