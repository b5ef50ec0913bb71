#include "clients/cli/tty.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/status.h"
#include "base/steady_time.h"
#include "clients/cli/file_reader.h"

namespace jpkid::cli {
namespace {

constexpr std::size_t kLongestLine = 1024;

// While it lives, the terminal does not show what is typed, and neither stops nor kills us with
// that state left behind: Ctrl-Z and Ctrl-\ are ordinary characters (Ctrl-C is an Interruption).
class Unseen {
 public:
  explicit Unseen(int fd) : fd_(fd) {
    if (tcgetattr(fd_, &before_) != 0) return;
    termios unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    unseen.c_lflag |= ICANON | ISIG;
    unseen.c_cc[VSUSP] = _POSIX_VDISABLE;
    unseen.c_cc[VQUIT] = _POSIX_VDISABLE;
    // What was typed before the question was not meant for it.
    changed_ = tcsetattr(fd_, TCSAFLUSH, &unseen) == 0;
  }
  ~Unseen() {
    if (changed_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

  bool ok() const { return changed_; }

 private:
  const int fd_;
  termios before_ = {};
  bool changed_ = false;
};

}  // namespace

std::unique_ptr<Tty> Tty::Open(const client::Interruption& interruption) {
  if (isatty(STDIN_FILENO) == 0 && isatty(STDERR_FILENO) == 0) return nullptr;
  UniqueFd fd(open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid()) return nullptr;
  return std::make_unique<Tty>(std::move(fd), interruption);
}

Tty::Tty(UniqueFd fd, const client::Interruption& interruption)
    : fd_(std::move(fd)), interruption_(interruption) {}

absl::Status Tty::Show(absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd_.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return absl::ErrnoToStatus(errno, "/dev/tty");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<Secret> Tty::ReadLine(absl::Time deadline) {
  while (!interruption_.raised()) {
    pollfd waits[] = {{.fd = fd_.get(), .events = POLLIN, .revents = 0},
                      {.fd = interruption_.fd(), .events = POLLIN, .revents = 0}};
    const int ready = poll(waits, 2, PollMilliseconds(deadline));
    if (ready == 0 && SteadyNow() >= deadline) return Fail(Reason::kCallTimeout);
    if (ready <= 0 || waits[1].revents != 0) continue;
    // The terminal hands over a whole line.
    WipedBytes line(kLongestLine);
    const ssize_t got = read(fd_.get(), line.data(), line.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return absl::CancelledError("end of input");
    line.resize(static_cast<std::size_t>(got));
    if (line.back() == '\n') line.pop_back();
    return Secret(std::move(line));
  }
  return absl::CancelledError("interrupted");
}

absl::StatusOr<Secret> Tty::AskSecret(const std::string& prompt, absl::Time deadline) {
  absl::StatusOr<Secret> answer;
  {
    const Unseen unseen(fd_.get());
    if (!unseen.ok()) return absl::ErrnoToStatus(errno, "/dev/tty");
    JPKID_RETURN_IF_ERROR(Show(prompt));
    answer = ReadLine(deadline);
  }
  // The user's own newline was not shown.
  JPKID_RETURN_IF_ERROR(Show("\n"));
  return answer;
}

absl::StatusOr<std::string> Tty::Ask(const std::string& prompt, absl::Time deadline) {
  JPKID_RETURN_IF_ERROR(Show(prompt));
  JPKID_ASSIGN_OR_RETURN(const Secret line, ReadLine(deadline));
  return std::string(reinterpret_cast<const char*>(line.view().data()), line.size());
}

int ColumnsOf(int fd) {
  winsize size = {};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace jpkid::cli
