#include "clients/cli/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "clients/cli/exit_code.h"

namespace jpkid::cli {

SignalThread::SignalThread(client::Interruption& interruption) {
  sigset_t caught;
  sigemptyset(&caught);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&caught, signal);
  pthread_sigmask(SIG_BLOCK, &caught, nullptr);
  signals_ = UniqueFd(signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK));
  end_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!signals_.valid() || !end_.valid()) {
    throw std::system_error(errno, std::generic_category(), "signalfd");
  }
  thread_ = std::thread([this, &interruption] { Run(interruption); });
}

SignalThread::~SignalThread() {
  eventfd_write(end_.get(), 1);
  thread_.join();
}

void SignalThread::Run(client::Interruption& interruption) const {
  while (true) {
    pollfd waits[] = {{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                      {.fd = end_.get(), .events = POLLIN, .revents = 0}};
    if (poll(waits, 2, /*until the end of main*/ -1) < 0) continue;
    if (waits[1].revents != 0) return;
    signalfd_siginfo info;
    if (read(signals_.get(), &info, sizeof(info)) != sizeof(info)) continue;
    if (interruption.raised()) _exit(static_cast<int>(ExitCode::kInterrupted));
    interruption.Raise();
  }
}

}  // namespace jpkid::cli
