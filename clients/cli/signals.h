#pragma once

#include <csignal>
#include <thread>

#include "base/file.h"
#include "clients/lib/interruption.h"

namespace jpkid::cli {

// Turns SIGINT, SIGTERM and SIGHUP into an Interruption, so that every wait ends in order: calls
// are cancelled, the terminal shows again what is typed. A second signal ends the process at once.
// Made before any other thread; they inherit its signal mask.
class SignalThread {
 public:
  // `interruption` outlives it.
  explicit SignalThread(client::Interruption& interruption);
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  void Run(client::Interruption& interruption) const;

  UniqueFd signals_;
  UniqueFd end_;
  std::thread thread_;
};

}  // namespace jpkid::cli
