#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "base/file.h"
#include "clients/cli/commands.h"
#include "jpki/v1/maintenance_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::BackUpStoreRequest;
using jpki::v1::BackUpStoreResponse;
using jpki::v1::MaintenanceService;

// A large store on a slow disk.
constexpr absl::Duration kLimit = absl::Minutes(30);

// A file that appears whole or not at all; only its owner may read it.
class NewFile {
 public:
  explicit NewFile(const std::string& path)
      : path_(path),
        temporary_(absl::StrCat(path, ".", getpid(), ".part")),
        fd_(open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)),
        ok_(fd_.valid()) {}
  ~NewFile() {
    if (fd_.valid()) unlink(temporary_.c_str());  // Nothing, once it has its name.
  }

  // Both tell whether all went well so far; errno says what did not.
  bool Write(absl::string_view octets) {
    while (ok_ && !octets.empty()) {
      const ssize_t written = write(fd_.get(), octets.data(), octets.size());
      if (written < 0 && errno == EINTR) continue;
      ok_ = written >= 0;
      if (ok_) octets.remove_prefix(static_cast<std::size_t>(written));
    }
    return ok_;
  }
  bool Finish() {
    const std::string directory = std::filesystem::path(path_).parent_path();
    const UniqueFd parent(
        open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return ok_ && fsync(fd_.get()) == 0 && rename(temporary_.c_str(), path_.c_str()) == 0 &&
           fsync(parent.get()) == 0;
  }

 private:
  const std::string path_;
  const std::string temporary_;
  const UniqueFd fd_;
  bool ok_;
};

// What SQLite keeps beside a database while it is in use.
constexpr std::array kCompanions = {"-wal", "-shm", "-journal"};

bool IsThere(const std::string& path) {
  std::error_code error;
  return exists(std::filesystem::symlink_status(path, error));
}

// The file for whose sake `place` is not for a copy, since both are of one database; empty: none.
// The running store, replaced, would be lost at its next start; and what is left beside a file of
// long ago would be taken for changes of the copy.
std::string CompanionOf(const std::string& place) {
  for (const std::string companion : kCompanions) {
    if (IsThere(place + companion)) return place + companion;
    const std::string database(absl::StripSuffix(place, companion));
    if (database != place && IsThere(database)) return database;
  }
  return "";
}

// Where the copy comes to be: not in the place of a device, a pipe or a link.
absl::StatusOr<std::string> PlaceOf(const Context& context, const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status there = std::filesystem::status(path, error);
  if (path == "-" || (exists(there) && !is_regular_file(there))) {
    return absl::InvalidArgumentError(
        context.words()(Msg::kCannotWrite, path, context.words()(Msg::kNotAFile)));
  }
  const std::filesystem::path found = std::filesystem::canonical(path, error);
  const std::string place = found.empty() ? path : found.string();
  if (const std::string companion = CompanionOf(place); !companion.empty()) {
    return absl::InvalidArgumentError(context.words()(Msg::kBackupOverDatabase, path, companion));
  }
  return place;
}

Outcome BackUp(const Context& context, const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const std::string place, PlaceOf(context, path));
  NewFile file(place);
  const auto cannot_write = [&] {
    return absl::UnknownError(context.words()(Msg::kCannotWrite, path, std::strerror(errno)));
  };
  if (!file.Write("")) return cannot_write();
  std::int64_t arrived = 0;
  std::int64_t total = -1;
  bool written = true;
  const auto take = [&](const BackUpStoreResponse& piece) {
    arrived += static_cast<std::int64_t>(piece.content().size());
    total = piece.total_octets();
    written = file.Write(piece.content());
    return written;
  };
  const absl::Status status =
      context.daemon().Stream<MaintenanceService, BackUpStoreRequest, BackUpStoreResponse>(
          &MaintenanceService::StubInterface::BackUpStore, {}, context.Deadline(kLimit), take);
  if (!written) return cannot_write();
  JPKID_RETURN_IF_ERROR(status);
  if (arrived != total) return absl::DataLossError(context.words()(Msg::kBackupCutOff));
  if (!file.Finish()) return cannot_write();
  BackUpStoreResponse answer;
  answer.set_total_octets(total);
  JPKID_RETURN_IF_ERROR(
      context.Print(answer, absl::StrCat(context.words()(Msg::kBackedUp, path, total), "\n")));
  return ExitCode::kDone;
}

}  // namespace

void AddBackup(CommandLine& line) {
  const auto path = std::make_shared<std::string>();
  CLI::App* command = line.Add(
      "backup", {.run = [path](const Context& context) { return BackUp(context, *path); }});
  line.Option(command, "FILE", *path)->required();
}

}  // namespace jpkid::cli
