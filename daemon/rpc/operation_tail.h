#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/support/byte_buffer.h>

#include "base/mutex.h"
#include "base/periodic.h"
#include "base/reason.h"
#include "base/worker.h"
#include "daemon/events/events.h"
#include "daemon/rpc/source.h"
#include "daemon/store/store.h"

namespace jpkid::rpc {

// The events of one operation as they go over the wire, in one language: read from the store once
// for all who watch, on a thread of the pool. Thread-safe.
class OperationTail : public std::enable_shared_from_this<OperationTail> {
 public:
  // `store` and `pool` outlive it.
  OperationTail(store::Store& store, WorkPool& pool, std::string id, Language language);

  // Begins to follow the operation.
  void Follow(events::Feed& feed);

  // Looks for what the feed does not tell: events that another daemon has written.
  void LookAgain();

  // The event after `sequence`; the end after the last one, or where there is no such operation.
  Source::Next After(std::int64_t sequence) const;

  // Calls `wake` when there may be more, until the returned guard goes.
  std::shared_ptr<void> Subscribe(Wake wake);

 private:
  // Asks the pool to read what is new. Shared with the feed's listener, which must not hold the
  // tail: its end would end the subscription from within.
  struct Request {
    std::weak_ptr<OperationTail> tail;
    WorkPool& pool;
    std::atomic<bool> asked = false;
  };
  static void Ask(const std::shared_ptr<Request>& request);

  std::size_t count() const;
  void Refresh();
  absl::Status ReadNew();
  void WakeAll();

  store::Store& store_;
  WorkPool& pool_;
  const std::string id_;
  const Language language_;
  std::shared_ptr<Request> request_;
  std::shared_ptr<void> subscription_;
  Mutex refresh_mutex_;  // One Refresh at a time.
  mutable Mutex mutex_;
  std::vector<grpc::ByteBuffer> messages_ ABSL_GUARDED_BY(mutex_);  // Of sequence 1, 2, 3 …
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t next_key_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<std::uint64_t, Wake> wakes_ ABSL_GUARDED_BY(mutex_);
};

// The tails of the operations that are watched at the moment. Thread-safe.
class OperationTails {
 public:
  // All outlive it. Operations of other daemons are looked at every `interval`.
  OperationTails(store::Store& store, events::Feed& feed, WorkPool& pool, absl::Duration interval)
      : store_(store), feed_(feed), pool_(pool), looks_(interval, [this] { LookAgain(); }) {}

  std::shared_ptr<OperationTail> Of(const std::string& id, Language language);

 private:
  using Key = std::pair<std::string, Language>;

  void LookAgain();

  store::Store& store_;
  events::Feed& feed_;
  WorkPool& pool_;
  Mutex mutex_;
  std::map<Key, std::weak_ptr<OperationTail>> tails_ ABSL_GUARDED_BY(mutex_);
  const Periodic looks_;  // Last: it uses the others.
};

// The events of an operation after `sequence`, to its end.
std::unique_ptr<Source> WatchTail(std::shared_ptr<OperationTail> tail, std::int64_t sequence);

}  // namespace jpkid::rpc
