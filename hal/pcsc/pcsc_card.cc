#include "hal/pcsc/pcsc_card.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include <reader.h>
#include <winscard.h>

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "hal/pcsc/codes.h"
#include "hal/pcsc/holder.h"

namespace jpkid::hal::pcsc {
namespace {

constexpr DWORD kProtocols = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1;

// The watcher learns of a card within milliseconds; pcscd polls a reader every 400 ms.
constexpr absl::Duration kWatcherPatience = absl::Seconds(2);
constexpr absl::Duration kPollPatience = absl::Seconds(1);

}  // namespace

absl::StatusOr<std::unique_ptr<Card>> PcscCard::Open(absl::string_view reader,
                                                     std::shared_ptr<Ledger> ledger) {
  const bool ours = ledger->Used(reader);
  std::unique_ptr<PcscCard> card(new PcscCard(reader, std::move(ledger)));
  const absl::Status status = card->Connect();
  if (FailedFor(status, Reason::kCardHeldElsewhere)) {
    return WithMetadata(status, "holder", ours ? "this program" : OtherClientsOfPcscd());
  }
  JPKID_RETURN_IF_ERROR(status);
  JPKID_RETURN_IF_ERROR(card->FindInsertion());
  return card;
}

PcscCard::PcscCard(absl::string_view reader, std::shared_ptr<Ledger> ledger)
    : reader_(reader),
      ledger_(std::move(ledger)),
      answer_(std::make_unique_for_overwrite<std::uint8_t[]>(MAX_BUFFER_SIZE_EXTENDED)) {
  ledger_->BeginUse(reader_);
}

PcscCard::~PcscCard() {
  if (connected_) {
    const LONG code = SCardDisconnect(handle_, SCARD_UNPOWER_CARD);
    if (code != SCARD_S_SUCCESS && !broken_) {
      LogWarning("reader %s: disconnecting: %s", reader_, CodeName(code));
    }
  }
  ledger_->EndUse(reader_);
}

absl::Status PcscCard::Connect() {
  JPKID_RETURN_IF_ERROR(FromPcsc(context_.Establish(), reader_));
  const LONG code = SCardConnect(context_.get(), reader_.c_str(), SCARD_SHARE_EXCLUSIVE, kProtocols,
                                 &handle_, &protocol_);
  connected_ = code == SCARD_S_SUCCESS;
  return FromPcsc(code, reader_);
}

absl::Status PcscCard::FindInsertion() {
  SCARD_READERSTATE state = {};
  state.szReader = reader_.c_str();
  state.dwCurrentState = SCARD_STATE_UNAWARE;
  JPKID_RETURN_IF_ERROR(FromPcsc(SCardGetStatusChange(context_.get(), 0, &state, 1), reader_));
  const auto counter = static_cast<std::uint16_t>(state.dwEventState >> 16);
  insertion_ = ledger_->InsertionAt(reader_, counter, SteadyNow() + kWatcherPatience);
  if (insertion_ == 0) return Fail(Reason::kCardAbsent, {{"reader", reader_}});
  return absl::OkStatus();
}

absl::StatusOr<Bytes> PcscCard::TransmitRaw(ByteView apdu) {
  if (broken_) return Fail(Reason::kCardRemoved);
  const SCARD_IO_REQUEST* pci = protocol_ == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
  DWORD size = MAX_BUFFER_SIZE_EXTENDED;
  const LONG code =
      SCardTransmit(handle_, pci, apdu.data(), apdu.size(), nullptr, answer_.get(), &size);
  if (code != SCARD_S_SUCCESS) return Broken(code);
  // Success without a status word is how some drivers, vpcd for one, report that no answer came.
  if (size < 2) return Broken(SCARD_E_NOT_TRANSACTED);
  return Bytes(answer_.get(), answer_.get() + size);
}

absl::Status PcscCard::CutPower() {
  if (broken_) return Fail(Reason::kCardRemoved);
  const LONG code =
      SCardReconnect(handle_, SCARD_SHARE_EXCLUSIVE, kProtocols, SCARD_UNPOWER_CARD, &protocol_);
  return code == SCARD_S_SUCCESS ? absl::OkStatus() : Broken(code);
}

absl::Status PcscCard::Broken(LONG code) {
  broken_ = true;
  absl::Status status = FromPcsc(code, reader_);
  // SCARD_E_NOT_TRANSACTED comes for a mute card and for one just taken away alike. pcscd knows
  // which it was as soon as it has looked at the reader again.
  if (FailedFor(status, Reason::kCardAbsent) ||
      (code == SCARD_E_NOT_TRANSACTED &&
       ledger_->WaitGone(reader_, insertion_, SteadyNow() + kPollPatience))) {
    status = Fail(Reason::kCardRemoved, {{"reader", reader_}});
  }
  ledger_->CardLost(reader_, insertion_);
  return status;
}

}  // namespace jpkid::hal::pcsc
