#pragma once

#include <memory>

#include "hal/reader.h"

namespace jpkid::hal::pcsc {

class Ledger;
class Watcher;

// The readers of the machine's pcscd (pcsc-lite). Where pcscd is depends on PCSCLITE_CSOCK_NAME, as
// for every PC/SC program. Open makes PC/SC calls; List and WaitForChange make none.
class PcscReaders final : public Readers {
 public:
  PcscReaders();
  ~PcscReaders() override;

  ReaderList List() const override;
  ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const override;
  absl::StatusOr<std::unique_ptr<Card>> Open(absl::string_view reader) override;

 private:
  const std::shared_ptr<Ledger> ledger_;
  const std::unique_ptr<Watcher> watcher_;
};

}  // namespace jpkid::hal::pcsc
