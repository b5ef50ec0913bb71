#include "daemon/rpc/operation_tail.h"

#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/received.h"

namespace jpkid::rpc {
namespace {

constexpr int kPage = 256;

bool IsLast(const events::Event& event) {
  return event.type() == events::Event::COMPLETED || event.type() == events::Event::FAILED;
}

class OperationSource final : public Source {
 public:
  OperationSource(std::shared_ptr<OperationTail> tail, std::int64_t sequence)
      : tail_(std::move(tail)), sequence_(sequence) {}

  void Start(Wake wake) override { subscription_ = tail_->Subscribe(std::move(wake)); }

  Next Take() override {
    Next next = tail_->After(sequence_);
    if (std::holds_alternative<grpc::ByteBuffer>(next)) ++sequence_;
    return next;
  }

 private:
  const std::shared_ptr<OperationTail> tail_;
  std::int64_t sequence_;
  std::shared_ptr<void> subscription_;
};

}  // namespace

OperationTail::OperationTail(store::Store& store, WorkPool& pool, std::string id, Language language)
    : store_(store), pool_(pool), id_(std::move(id)), language_(language) {}

void OperationTail::Follow(events::Feed& feed) {
  request_ = std::shared_ptr<Request>(new Request{.tail = weak_from_this(), .pool = pool_});
  // First the feed, then the store: nothing falls between.
  subscription_ = feed.Subscribe(id_, [request = request_] { Ask(request); });
  Ask(request_);
}

void OperationTail::LookAgain() {
  {
    const MutexLock lock(mutex_);
    if (ended_) return;
  }
  Ask(request_);
}

void OperationTail::Ask(const std::shared_ptr<Request>& request) {
  if (request->asked.exchange(true)) return;
  // Each tail has at most one task in the pool, which takes as many as there may be calls: it
  // refuses only when the daemon stops.
  request->pool.Submit([request] {
    const std::shared_ptr<OperationTail> tail = request->tail.lock();
    request->asked = false;
    if (tail != nullptr) tail->Refresh();
  });
}

void OperationTail::Refresh() {
  const MutexLock refresh(refresh_mutex_);
  const std::size_t before = count();
  absl::Status read = ReadNew();
  // It is asked again before long.
  if (FailedFor(read, Reason::kStoreUnavailable)) read = absl::OkStatus();
  const bool news = count() != before || !read.ok();
  {
    const MutexLock lock(mutex_);
    failure_ = std::move(read);
  }
  if (news) WakeAll();
}

std::size_t OperationTail::count() const {
  const MutexLock lock(mutex_);
  return messages_.size();
}

absl::Status OperationTail::ReadNew() {
  while (true) {
    JPKID_ASSIGN_OR_RETURN(const std::vector<events::Event> events,
                           store_.Events(id_, static_cast<std::int64_t>(count()), kPage));
    // After the events: it then tells at least what they told.
    JPKID_ASSIGN_OR_RETURN(const store::OperationRecord record, store_.Get(id_));
    const MutexLock lock(mutex_);
    for (const events::Event& event : events) {
      if (event.sequence() != static_cast<std::int64_t>(messages_.size()) + 1) {
        return absl::InternalError("the stored events have a gap");
      }
      jpki::v1::WatchOperationResponse response;
      *response.mutable_event() = ToEvent(event, record, language_);
      messages_.push_back(ToBuffer(response));
      ended_ = IsLast(event);
    }
    if (events.size() < kPage) return absl::OkStatus();
  }
}

void OperationTail::WakeAll() {
  std::vector<Wake> wakes;
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, wake] : wakes_) wakes.push_back(wake);
  }
  for (const Wake& wake : wakes) wake();
}

Source::Next OperationTail::After(std::int64_t sequence) const {
  const MutexLock lock(mutex_);
  if (sequence < static_cast<std::int64_t>(messages_.size())) {
    return messages_[static_cast<std::size_t>(sequence)];
  }
  if (ended_) return Source::End{absl::OkStatus()};
  if (!failure_.ok()) return Source::End{failure_};
  return Source::Nothing{};
}

std::shared_ptr<void> OperationTail::Subscribe(Wake wake) {
  const MutexLock lock(mutex_);
  const std::uint64_t key = next_key_++;
  wakes_.emplace(key, std::move(wake));
  return std::shared_ptr<void>(nullptr, [self = shared_from_this(), key](void*) {
    const MutexLock remove(self->mutex_);
    self->wakes_.erase(key);
  });
}

std::shared_ptr<OperationTail> OperationTails::Of(const std::string& id, Language language) {
  const MutexLock lock(mutex_);
  std::erase_if(tails_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<OperationTail>& known = tails_[Key(id, language)];
  std::shared_ptr<OperationTail> tail = known.lock();
  if (tail == nullptr) {
    tail = std::make_shared<OperationTail>(store_, pool_, id, language);
    tail->Follow(feed_);
    known = tail;
  }
  return tail;
}

void OperationTails::LookAgain() {
  std::vector<std::shared_ptr<OperationTail>> tails;  // Go without the lock.
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, known] : tails_) {
      if (std::shared_ptr<OperationTail> tail = known.lock()) tails.push_back(std::move(tail));
    }
  }
  for (const std::shared_ptr<OperationTail>& tail : tails) tail->LookAgain();
}

std::unique_ptr<Source> WatchTail(std::shared_ptr<OperationTail> tail, std::int64_t sequence) {
  return std::make_unique<OperationSource>(std::move(tail), sequence);
}

}  // namespace jpkid::rpc
