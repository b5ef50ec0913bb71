#pragma once

#include <memory>
#include <string>

#include "tests/contract/child_process.h"

namespace jpkid {

// jpkid as a process of its own with one reader, and a client on its Unix socket. What fails ends
// the measurement (a failed test).
class MeasuredDaemon {
 public:
  // Its files are kept in `directory`, which is there. `readers`: the backend, as the configuration
  // has it; `driver_name` of the reader to be used. Returns when there is a card on it.
  MeasuredDaemon(const std::string& directory, const std::string& readers,
                 const std::string& driver_name);
  ~MeasuredDaemon();

  // CardService.GetPinStatus: one call, for the card two empty VERIFYs (kCommands).
  void AskPinStatus();
  static constexpr int kCommands = 2;

 private:
  struct Client;

  std::unique_ptr<hal::ChildProcess> process_;
  std::unique_ptr<Client> client_;
};

}  // namespace jpkid
