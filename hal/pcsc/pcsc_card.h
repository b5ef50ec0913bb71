#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <winscard.h>

#include "hal/pcsc/context.h"
#include "hal/pcsc/ledger.h"
#include "hal/reader.h"

namespace jpkid::hal::pcsc {

// An exclusive connection to the card on a PC/SC reader (SCARD_SHARE_EXCLUSIVE). Once it broke it
// stays broken: nothing meant for one card ever reaches the next one.
class PcscCard final : public Card {
 public:
  // As Readers::Open.
  static absl::StatusOr<std::unique_ptr<Card>> Open(absl::string_view reader,
                                                    std::shared_ptr<Ledger> ledger);
  ~PcscCard() override;

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override;
  std::uint64_t insertion() const override { return insertion_; }

 protected:
  absl::Status CutPower() override;

 private:
  PcscCard(absl::string_view reader, std::shared_ptr<Ledger> ledger);

  absl::Status Connect();

  // Which insertion it is that we are connected to. CARD_ABSENT when it has gone meanwhile.
  absl::Status FindInsertion();

  // The status for a call that failed; the connection is broken from now on.
  absl::Status Broken(LONG code);

  const std::string reader_;
  const std::shared_ptr<Ledger> ledger_;
  Context context_;
  SCARDHANDLE handle_ = 0;
  DWORD protocol_ = SCARD_PROTOCOL_UNDEFINED;
  bool connected_ = false;
  bool broken_ = false;
  std::uint64_t insertion_ = 0;
  std::unique_ptr<std::uint8_t[]> answer_;
};

}  // namespace jpkid::hal::pcsc
