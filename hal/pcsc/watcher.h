#pragma once

#include <memory>

#include "hal/pcsc/ledger.h"

namespace jpkid::hal::pcsc {

// The one thread that asks pcscd for the state of all readers and writes it into the ledger. It
// outlives pcscd: when that goes, it says so in the ledger and tries again, at growing intervals.
// It waits for changes with a deadline, so no SCardCancel is needed to stop it (that is a call to
// pcscd too, and would hang where pcscd hangs); what a stopped pcscd holds up is left behind.
class Watcher {
 public:
  explicit Watcher(std::shared_ptr<Ledger> ledger);

  // Stops the thread. One that pcscd does not let go within two seconds is left behind with its
  // share of the ledger.
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace jpkid::hal::pcsc
