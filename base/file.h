#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "base/bytes.h"

namespace jpkid {

// A file descriptor that closes itself.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// The whole of a file. NOT_FOUND where there is none; INVALID_ARGUMENT where it is larger than
// `limit` octets.
absl::StatusOr<Bytes> ReadFile(const std::string& path, std::size_t limit);

// Replaces a file in one step: a temporary file beside it, synced, renamed, directory synced. After
// a power cut the file has the old or the new content. `mode` as chmod takes it.
absl::Status ReplaceFile(const std::string& path, ByteView content, unsigned mode);

// The file is this descriptor's alone until it is closed, at the latest with the process; whoever
// reads it without asking still may. NOT_FOUND, UNAVAILABLE while another has it.
absl::StatusOr<UniqueFd> LockFile(const std::string& path);

// As LockFile, for a file that is there for its lock alone: made, mode 0600, where there is none.
absl::StatusOr<UniqueFd> MakeLock(const std::string& path);

// As ReplaceFile; the new file is locked before anybody can find it, so that a lock on the old one
// goes over to it.
absl::StatusOr<UniqueFd> ReplaceLockedFile(const std::string& path, ByteView content,
                                           unsigned mode);

// Makes `path` a directory that only its owner enters (mode 0700), and the directories above it
// where there are none. FAILED_PRECONDITION where something is there that this user does not own
// or that others may write to.
absl::Status MakePrivateDirectory(const std::string& path);

// What MakePrivateDirectory says of a directory that is there already.
absl::Status CheckPrivateDirectory(const std::string& path);

}  // namespace jpkid
