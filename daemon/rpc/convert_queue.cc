#include "absl/strings/str_cat.h"

#include "daemon/rpc/convert.h"

namespace jpkid::rpc {
namespace {

v1::Priority ToPriority(session::Priority priority) {
  switch (priority) {
    case session::Priority::kCounter:
      return v1::PRIORITY_COUNTER;
    case session::Priority::kBatch:
      return v1::PRIORITY_BATCH;
    case session::Priority::kMonitor:
      return v1::PRIORITY_MONITOR;
  }
  return v1::PRIORITY_UNSPECIFIED;
}

v1::QueuePlace ToPlace(const session::QueuePlace& place, absl::Time now) {
  v1::QueuePlace wire;
  wire.set_client(place.client);
  wire.set_priority(ToPriority(place.priority));
  wire.set_exclusive(place.exclusive);
  *wire.mutable_lasts() = ToDuration(now - place.since);
  if (place.expected_wait.has_value()) {
    *wire.mutable_expected_wait() = ToDuration(*place.expected_wait);
  }
  return wire;
}

}  // namespace

google::protobuf::Duration ToDuration(absl::Duration duration) {
  google::protobuf::Duration wire;
  wire.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  wire.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(duration)));
  return wire;
}

v1::Queue ToQueue(const session::QueueStatus& status, absl::Time now) {
  v1::Queue queue;
  queue.set_name(absl::StrCat("readers/", status.alias, "/queue"));
  if (status.holder.has_value()) *queue.mutable_holder() = ToPlace(*status.holder, now);
  for (const session::QueuePlace& place : status.waiting) {
    *queue.add_waiting() = ToPlace(place, now);
  }
  return queue;
}

}  // namespace jpkid::rpc
