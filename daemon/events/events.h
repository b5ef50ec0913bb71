#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"

#include "daemon/events/event.pb.h"

// What happened, as facts; and word to those who read them that there are new ones.
namespace jpkid::events {

// Tells listeners that an operation has new events in the store. It carries no event: each listener
// reads the store at its own pace, so that a slow one delays nobody. Thread-safe.
class Feed {
 public:
  Feed();
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Calls `listener` after each Tell of this operation, on the teller's thread, until the returned
  // guard goes; not after. `listener` is brief and never calls the feed.
  std::shared_ptr<void> Subscribe(const std::string& operation_id,
                                  absl::AnyInvocable<void()> listener);

  void Tell(const std::string& operation_id);

 private:
  class Listeners;
  const std::shared_ptr<Listeners> listeners_;
};

}  // namespace jpkid::events
