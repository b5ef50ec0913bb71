#include "daemon/rpc/reader_service.h"

#include <optional>
#include <string>
#include <utility>

#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/received.h"

namespace jpkid::rpc {
namespace {

// All readers, again whenever one changes. A slow client misses states, never the newest one.
class ReadersSource final : public Source {
 public:
  explicit ReadersSource(session::Sessions& sessions) : sessions_(sessions) {}

  void Start(Wake wake) override { subscription_ = sessions_.OnChange(std::move(wake)); }

  Next Take() override {
    const session::ReaderStatusList list = sessions_.List();
    if (told_ == list.version) return Nothing{};
    told_ = list.version;
    v1::WatchReadersResponse response;
    const absl::Time now = SteadyNow();
    for (const session::ReaderStatus& status : list.readers) {
      *response.add_readers() = ToReader(status, now);
    }
    return ToBuffer(response);
  }

 private:
  session::Sessions& sessions_;
  std::optional<std::uint64_t> told_;
  std::shared_ptr<void> subscription_;
};

// One queue, again whenever it has changed.
class QueueSource final : public Source {
 public:
  QueueSource(session::Sessions& sessions, std::string reader)
      : sessions_(sessions), reader_(std::move(reader)) {}

  void Start(Wake wake) override { subscription_ = sessions_.OnChange(std::move(wake)); }

  Next Take() override {
    const absl::StatusOr<session::QueueStatus> queue = sessions_.Queue(reader_);
    if (!queue.ok()) return End{queue.status()};
    if (told_ == *queue) return Nothing{};
    told_ = *queue;
    v1::WatchQueueResponse response;
    *response.mutable_queue() = ToQueue(*queue, SteadyNow());
    return ToBuffer(response);
  }

 private:
  session::Sessions& sessions_;
  const std::string reader_;
  std::optional<session::QueueStatus> told_;
  std::shared_ptr<void> subscription_;
};

}  // namespace

ReaderService::ReaderService(session::Sessions& sessions, Registry& registry)
    : sessions_(sessions) {
  registry.BindUnary("jpki.v1.ReaderService.ListReaders", Where::kAtOnce, *this,
                     &ReaderService::ListReaders);
  registry.BindWatch<v1::WatchReadersResponse>("jpki.v1.ReaderService.WatchReaders", Where::kAtOnce,
                                               *this, &ReaderService::WatchReaders);
  registry.BindUnary("jpki.v1.ReaderService.GetQueue", Where::kAtOnce, *this,
                     &ReaderService::GetQueue);
  registry.BindWatch<v1::WatchQueueResponse>("jpki.v1.ReaderService.WatchQueue", Where::kAtOnce,
                                             *this, &ReaderService::WatchQueue);
}

absl::StatusOr<v1::ListReadersResponse> ReaderService::ListReaders(CallInfo&,
                                                                   const v1::ListReadersRequest&) {
  v1::ListReadersResponse response;
  const absl::Time now = SteadyNow();
  for (const session::ReaderStatus& status : sessions_.List().readers) {
    *response.add_readers() = ToReader(status, now);
  }
  return response;
}

absl::StatusOr<std::unique_ptr<Source>> ReaderService::WatchReaders(
    CallInfo&, const v1::WatchReadersRequest&) {
  return std::make_unique<ReadersSource>(sessions_);
}

absl::StatusOr<v1::Queue> ReaderService::GetQueue(CallInfo&, const v1::GetQueueRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const std::string alias, IdOf("readers", request.reader(), "reader"));
  JPKID_ASSIGN_OR_RETURN(const session::QueueStatus queue, sessions_.Queue(alias));
  return ToQueue(queue, SteadyNow());
}

absl::StatusOr<std::unique_ptr<Source>> ReaderService::WatchQueue(
    CallInfo&, const v1::WatchQueueRequest& request) {
  JPKID_ASSIGN_OR_RETURN(std::string alias, IdOf("readers", request.reader(), "reader"));
  return std::make_unique<QueueSource>(sessions_, std::move(alias));
}

}  // namespace jpkid::rpc
