#include "tests/faults/faulty_readers.h"

#include <utility>

#include "base/status.h"

namespace jpkid::faults {
namespace {

constexpr std::uint8_t kVerify = 0x20;
constexpr std::size_t kHeader = 4;

class FaultyCard final : public hal::Card {
 public:
  FaultyCard(std::unique_ptr<hal::Card> card, Trap& trap,
             std::shared_ptr<std::atomic<int>> verifies)
      : card_(std::move(card)), trap_(trap), verifies_(std::move(verifies)) {}

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override {
    const Trap::Fate fate = trap_.Strike(Site::kCard);
    if (fate == Trap::Fate::kKillBefore || fate == Trap::Fate::kFailBefore) return Gone();
    if (apdu.size() > kHeader && apdu[1] == kVerify) ++*verifies_;
    absl::StatusOr<Bytes> answer = card_->TransmitRaw(apdu);
    if (fate == Trap::Fate::kLate) trap_.WaitUntilGivenUp();
    if (fate != Trap::Fate::kKillAfter) return answer;
    trap_.Kill();
    return Gone();
  }

  std::uint64_t insertion() const override { return card_->insertion(); }

 private:
  static absl::Status Gone() { return Fail(Reason::kCardRemoved); }

  absl::Status CutPower() override { return trap_.dead() ? Gone() : card_->PowerDown(); }

  const std::unique_ptr<hal::Card> card_;
  Trap& trap_;
  const std::shared_ptr<std::atomic<int>> verifies_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<hal::Card>> FaultyReaders::Open(absl::string_view reader) {
  if (trap_.dead()) return Fail(Reason::kReaderUnavailable, {{"detail", "the daemon is dead"}});
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<hal::Card> card, readers_->Open(reader));
  return std::make_unique<FaultyCard>(std::move(card), trap_, verifies_);
}

}  // namespace jpkid::faults
