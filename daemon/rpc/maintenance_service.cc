#include "daemon/rpc/maintenance_service.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/status.h"
#include "daemon/rpc/received.h"

namespace jpkid::rpc {
namespace {

constexpr std::size_t kPiece = 256 * 1024;

// A file, piece after piece. It was written a moment ago: to read it waits for no disk.
class FileSource final : public Source {
 public:
  FileSource(UniqueFd file, std::int64_t size) : file_(std::move(file)), size_(size) {}

  void Start(Wake) override {}

  Next Take() override {
    if (sent_ == size_) return End{absl::OkStatus()};
    std::string piece(kPiece, '\0');
    const ssize_t got = pread(file_.get(), piece.data(), piece.size(), sent_);
    if (got <= 0) {
      const std::string why = got < 0 ? strerror(errno) : "it ends too early";
      return End{Fail(Reason::kStoreUnavailable, {{"detail", "its copy: " + why}})};
    }
    sent_ += got;
    piece.resize(static_cast<std::size_t>(got));
    jpki::v1::BackUpStoreResponse response;
    response.set_content(std::move(piece));
    response.set_total_octets(size_);
    return ToBuffer(response);
  }

 private:
  const UniqueFd file_;
  const std::int64_t size_;
  off_t sent_ = 0;
};

}  // namespace

MaintenanceService::MaintenanceService(store::Store& store, Registry& registry) : store_(store) {
  registry.BindWatch<jpki::v1::BackUpStoreResponse>("jpki.v1.MaintenanceService.BackUpStore",
                                                    Where::kStore, *this,
                                                    &MaintenanceService::BackUpStore);
}

absl::StatusOr<std::unique_ptr<Source>> MaintenanceService::BackUpStore(
    CallInfo&, const jpki::v1::BackUpStoreRequest&) {
  JPKID_ASSIGN_OR_RETURN(UniqueFd copy, store_.Snapshot());
  struct stat info = {};
  if (fstat(copy.get(), &info) != 0) {
    return Fail(Reason::kStoreUnavailable, {{"detail", strerror(errno)}});
  }
  return std::make_unique<FileSource>(std::move(copy), info.st_size);
}

}  // namespace jpkid::rpc
