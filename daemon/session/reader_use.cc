// What others see of a reader.

#include "base/steady_time.h"
#include "daemon/session/reader_queue.h"

namespace jpkid::session {
namespace {

QueuePlace PlaceOf(const Demand& demand, absl::Time since) {
  return {.client = demand.request.client,
          .priority = demand.request.priority,
          .exclusive = demand.exclusive,
          .since = since,
          .expected_wait = std::nullopt};
}

}  // namespace

Standing ReaderQueue::StandingOf(const Demand& demand) const {
  const MutexLock lock(mutex_);
  return {.position = demand.position,
          .expected_wait = lengths_.Wait(demand.position, SteadyNow() - held_since_),
          .verdict = demand.verdict};
}

ReaderUse ReaderQueue::use(bool places) const {
  const MutexLock lock(mutex_);
  ReaderUse use = {.holder = std::nullopt,
                   .waiting = static_cast<int>(turns_.size()),
                   .places = {},
                   .hung_since = hung_since_};
  if (holder_ != nullptr) use.holder = PlaceOf(*holder_, held_since_);
  if (!places) return use;
  const absl::Duration held = SteadyNow() - held_since_;
  int position = turns_.current() ? 1 : 0;
  for (const Turns::Ticket ticket : turns_.Order()) {
    const Demand& demand = *waiting_.at(ticket);
    use.places.push_back(PlaceOf(demand, demand.since));
    use.places.back().expected_wait = lengths_.Wait(position++, held);
  }
  return use;
}

}  // namespace jpkid::session
