// jpkictl: the command line of jpkid.

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "clients/cli/run.h"
#include "clients/cli/signals.h"
#include "clients/cli/tty.h"

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

int main(int argc, char** argv) {
  // PINs pass through this process: no core file, and no other process of the user looks into it.
  const rlimit none = {.rlim_cur = 0, .rlim_max = 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) {
    std::cerr << "jpkictl: core files could not be switched off" << std::endl;
  }

  jpkid::client::Interruption interruption;
  const jpkid::cli::SignalThread signals(interruption);
  const std::unique_ptr<jpkid::cli::Tty> tty = jpkid::cli::Tty::Open(interruption);
  jpkid::cli::Console console{.out = std::cout,
                              .err = std::cerr,
                              .out_is_terminal = isatty(STDOUT_FILENO) != 0,
                              .columns = jpkid::cli::ColumnsOf(STDOUT_FILENO),
                              .terminal = tty.get()};
  const jpkid::cli::Environment environment = {.address = Variable("JPKID_ADDRESS"),
                                               .lc_all = Variable("LC_ALL"),
                                               .lc_messages = Variable("LC_MESSAGES"),
                                               .lang = Variable("LANG")};
  return static_cast<int>(
      jpkid::cli::Run({argv + 1, argv + argc}, environment, console, interruption));
}
