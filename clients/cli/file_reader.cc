#include "clients/cli/file_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::cli {
namespace {

// An extended APDU in the hexadecimal of a trace fits.
constexpr std::size_t kLongestLine = 262144;

}  // namespace

int PollMilliseconds(absl::Time deadline) {
  const absl::Duration left =
      std::clamp(deadline - SteadyNow(), absl::ZeroDuration(), absl::Hours(1));
  return static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
}

absl::Status AwaitReadable(const Context& context, int fd) {
  const client::Interruption& interruption = context.daemon().interruption();
  const absl::Time deadline = context.Deadline(absl::InfiniteDuration());
  while (!interruption.raised()) {
    // Before the look, not after it in vain: of /dev/zero there is always more.
    if (SteadyNow() >= deadline) return Fail(Reason::kCallTimeout);
    pollfd waits[] = {{.fd = fd, .events = POLLIN, .revents = 0},
                      {.fd = interruption.fd(), .events = POLLIN, .revents = 0}};
    const int ready = poll(waits, 2, PollMilliseconds(deadline));
    if (ready > 0 && waits[1].revents == 0) return absl::OkStatus();
  }
  return absl::CancelledError("interrupted");
}

absl::Status FileReader::CannotRead(absl::string_view why) const {
  return absl::InvalidArgumentError(context_->words()(Msg::kCannotRead, path_, why));
}

absl::StatusOr<FileReader> FileReader::Open(const Context& context, const std::string& path) {
  if (path == "-") return FileReader(context, path, UniqueFd());
  // A pipe to which nobody writes yet is waited for in Read.
  FileReader reader(context, path, UniqueFd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)));
  if (!reader.file_.valid()) return reader.CannotRead(std::strerror(errno));
  return reader;
}

absl::StatusOr<std::size_t> FileReader::Read(std::span<std::uint8_t> block) {
  const int fd = file_.valid() ? file_.get() : STDIN_FILENO;
  while (true) {
    JPKID_RETURN_IF_ERROR(AwaitReadable(*context_, fd));
    const ssize_t got = read(fd, block.data(), block.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) return CannotRead(std::strerror(errno));
  }
}

absl::StatusOr<std::optional<std::string>> FileReader::ReadLine() {
  std::array<std::uint8_t, 4096> block = {};
  std::size_t end = read_.find('\n');
  while (end == std::string::npos) {
    JPKID_ASSIGN_OR_RETURN(const std::size_t got, Read(block));
    if (got == 0 && read_.empty()) return std::nullopt;
    if (got == 0) read_.push_back('\n');  // The last line need not have one.
    read_.append(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
    end = read_.find('\n');
    if (end == std::string::npos && read_.size() > kLongestLine) {
      return CannotRead("a line is too long");
    }
  }
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  return line;
}

}  // namespace jpkid::cli
