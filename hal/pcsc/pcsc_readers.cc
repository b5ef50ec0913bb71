#include "hal/pcsc/pcsc_readers.h"

#include "hal/pcsc/ledger.h"
#include "hal/pcsc/pcsc_card.h"
#include "hal/pcsc/watcher.h"

namespace jpkid::hal::pcsc {

PcscReaders::PcscReaders()
    : ledger_(std::make_shared<Ledger>()), watcher_(std::make_unique<Watcher>(ledger_)) {}

PcscReaders::~PcscReaders() = default;

ReaderList PcscReaders::List() const { return ledger_->board().List(); }

ReaderList PcscReaders::WaitForChange(std::uint64_t version, absl::Time deadline) const {
  return ledger_->board().WaitForChange(version, deadline);
}

absl::StatusOr<std::unique_ptr<Card>> PcscReaders::Open(absl::string_view reader) {
  return PcscCard::Open(reader, ledger_);
}

}  // namespace jpkid::hal::pcsc
