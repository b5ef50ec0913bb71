#include "daemon/rpc/reader_service.h"

#include <optional>

#include "absl/time/clock.h"

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
    const absl::Time now = absl::Now();
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

}  // namespace

ReaderService::ReaderService(session::Sessions& sessions, Registry& registry)
    : sessions_(sessions) {
  registry.BindUnary("jpki.v1.ReaderService.ListReaders", Where::kAtOnce, *this,
                     &ReaderService::ListReaders);
  registry.BindWatch<v1::WatchReadersResponse>("jpki.v1.ReaderService.WatchReaders", Where::kAtOnce,
                                               *this, &ReaderService::WatchReaders);
}

absl::StatusOr<v1::ListReadersResponse> ReaderService::ListReaders(CallInfo&,
                                                                   const v1::ListReadersRequest&) {
  v1::ListReadersResponse response;
  const absl::Time now = absl::Now();
  for (const session::ReaderStatus& status : sessions_.List().readers) {
    *response.add_readers() = ToReader(status, now);
  }
  return response;
}

absl::StatusOr<std::unique_ptr<Source>> ReaderService::WatchReaders(
    CallInfo&, const v1::WatchReadersRequest&) {
  return std::make_unique<ReadersSource>(sessions_);
}

}  // namespace jpkid::rpc
