#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

#include "base/status.h"

namespace jpkid {
namespace {

// `errno` as a status that names the file.
absl::Status Errno(absl::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(what, " ", path));
}

absl::Status WriteAll(int fd, ByteView content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Errno("cannot write", path);
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool IsFileAt(int fd, const std::string& path) {
  struct stat open_file = {};
  struct stat named_file = {};
  return fstat(fd, &open_file) == 0 && stat(path.c_str(), &named_file) == 0 &&
         open_file.st_dev == named_file.st_dev && open_file.st_ino == named_file.st_ino;
}

// As mkdir -p does it, all of mode 0700.
absl::Status MakeDirectory(const std::string& path) {
  const auto made = [&path] { return mkdir(path.c_str(), 0700) == 0 || errno == EEXIST; };
  if (made()) return absl::OkStatus();
  if (const std::string parent = DirectoryOf(path); errno == ENOENT && parent != path) {
    JPKID_RETURN_IF_ERROR(MakeDirectory(parent));
    if (made()) return absl::OkStatus();
  }
  return Errno("cannot create directory", path);
}

// Opens the file at `path` with `flags` and locks it.
absl::StatusOr<UniqueFd> Lock(const std::string& path, int flags) {
  constexpr int kMostReplacements = 100;
  for (int i = 0; i < kMostReplacements; ++i) {
    UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC, 0600));
    if (!fd.valid()) return Errno("cannot open", path);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) break;
      return Errno("cannot lock", path);
    }
    // Between the two the file may have been replaced: then this is a lock on nothing.
    if (IsFileAt(fd.get(), path)) return fd;
  }
  return absl::UnavailableError(absl::StrCat("another program uses ", path));
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (valid()) close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (valid()) close(fd_);
}

absl::StatusOr<Bytes> ReadFile(const std::string& path, std::size_t limit) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return Errno("cannot open", path);
  Bytes content;
  std::uint8_t block[65536];
  while (true) {
    const ssize_t got = read(fd.get(), block, sizeof(block));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Errno("cannot read", path);
    if (got == 0) return content;
    Append(content, ByteView(block, static_cast<std::size_t>(got)));
    if (content.size() > limit) {
      return absl::InvalidArgumentError(absl::StrCat(path, " is larger than ", limit, " octets"));
    }
  }
}

absl::StatusOr<UniqueFd> ReplaceLockedFile(const std::string& path, ByteView content,
                                           unsigned mode) {
  static std::atomic<unsigned> counter = 0;
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".", counter++, ".new");
  UniqueFd fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd.valid()) return Errno("cannot create", temporary);
  absl::Status status = WriteAll(fd.get(), content, temporary);
  if (status.ok() && fchmod(fd.get(), mode) != 0) status = Errno("cannot set mode of", temporary);
  if (status.ok() && fsync(fd.get()) != 0) status = Errno("cannot sync", temporary);
  if (status.ok() && flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    status = Errno("cannot lock", temporary);
  }
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    status = Errno("cannot replace", path);
  }
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  const std::string directory = DirectoryOf(path);
  const UniqueFd directory_fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory_fd.valid() || fsync(directory_fd.get()) != 0) {
    return Errno("cannot sync directory", directory);
  }
  return fd;
}

absl::Status ReplaceFile(const std::string& path, ByteView content, unsigned mode) {
  return ReplaceLockedFile(path, content, mode).status();
}

absl::StatusOr<UniqueFd> LockFile(const std::string& path) { return Lock(path, O_RDONLY); }

// For writing: over NFS a lock is refused to those who only read.
absl::StatusOr<UniqueFd> MakeLock(const std::string& path) { return Lock(path, O_RDWR | O_CREAT); }

absl::Status MakePrivateDirectory(const std::string& path) {
  JPKID_RETURN_IF_ERROR(MakeDirectory(path));
  return CheckPrivateDirectory(path);
}

absl::Status CheckPrivateDirectory(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return Errno("cannot look at", path);
  if (!S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a directory"));
  }
  if (info.st_uid != geteuid()) {
    return absl::FailedPreconditionError(absl::StrCat(path, " belongs to uid ", info.st_uid,
                                                      ", but keys are kept in it: give it to uid ",
                                                      geteuid(), " or name another directory"));
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " can be written by others, but keys are kept in it: chmod go-w it first"));
  }
  return absl::OkStatus();
}

}  // namespace jpkid
