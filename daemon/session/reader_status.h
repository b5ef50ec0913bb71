#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "daemon/session/lease.h"
#include "hal/reader.h"

// Readers and their queues as others see them.
namespace jpkid::session {

// A reader as clients see it.
struct ReaderStatus {
  std::string alias;
  hal::ReaderState hardware;  // A reader whose driver hangs is kUnavailable.
  std::string holder;         // LeaseRequest::client; empty: nobody.
  absl::Time held_since;
  int waiting = 0;
};

// Somebody at a reader or waiting for it.
struct QueuePlace {
  std::string client;
  Priority priority = Priority::kCounter;
  bool exclusive = false;  // Keeps the turn until it gives it back, not for one job alone.
  absl::Time since;        // Has it, or waits.
  std::optional<absl::Duration> expected_wait;  // Of one who waits; nothing: no turn seen yet.

  // Whether it is the same place; what is expected of it changes all the time.
  friend bool operator==(const QueuePlace& a, const QueuePlace& b) {
    return a.client == b.client && a.priority == b.priority && a.exclusive == b.exclusive &&
           a.since == b.since;
  }
};

struct QueueStatus {
  std::string alias;
  std::optional<QueuePlace> holder;
  std::vector<QueuePlace> waiting;  // In the order in which they would be served.

  friend bool operator==(const QueueStatus&, const QueueStatus&) = default;
};

struct ReaderStatusList {
  std::uint64_t version = 0;
  std::vector<ReaderStatus> readers;  // By alias.
};

}  // namespace jpkid::session
