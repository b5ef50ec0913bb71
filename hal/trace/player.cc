#include "hal/trace/player.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "hal/trace/scribe.h"

namespace jpkid::hal::trace {
namespace {

constexpr std::size_t kMostShown = 64;  // Digits of data: more helps nobody.

// A command in words: of what is masked nothing but its length, on either side.
std::string Words(const ApduRecord& command) {
  std::string words = command.instruction();
  if (!command.header().empty()) absl::StrAppend(&words, " ", command.header());
  if (!command.data().empty()) {
    absl::StrAppend(&words, " ", command.data().substr(0, kMostShown),
                    command.data().size() > kMostShown ? "…" : "");
  } else if (command.data_octets() > 0) {
    absl::StrAppend(&words, " with ", command.data_octets(), " masked octets");
  }
  if (command.has_le()) absl::StrAppend(&words, ", Le ", command.le());
  return words;
}

bool SameCommand(const ApduRecord& a, const ApduRecord& b) {
  return a.instruction() == b.instruction() && a.header() == b.header() &&
         a.data_octets() == b.data_octets() && a.data() == b.data() && a.has_le() == b.has_le() &&
         a.le() == b.le();
}

bool OfSecureChannel(const ApduRecord& record) {
  return record.secure_messaging() || record.instruction() == "INITIALIZE UPDATE";
}

absl::Status Differ(std::uint64_t number, std::string detail) {
  return Fail(Reason::kTraceDiffers, {{"n", absl::StrCat(number)}, {"detail", std::move(detail)}});
}

}  // namespace

Bytes Player::atr() const {
  for (const Step& step : steps_) {
    if (step.powers_up()) return FromHex(step.record.atr()).value_or(Bytes());
  }
  return {};
}

absl::Status Player::Differs(absl::string_view came) const {
  if (next_ == steps_.size()) {
    const Step& last = steps_.back();
    return Differ(last.record.number() + 1,
                  absl::StrCat("the recording ends with line ", last.line, ", then came ", came));
  }
  const Step& step = steps_[next_];
  return Differ(step.record.number(), absl::StrCat("line ", step.line, " has ", Words(step.record),
                                                   ", but ", came, " came"));
}

absl::Status Player::PowerUp() {
  const std::size_t begin = next_;
  while (next_ < steps_.size() && steps_[next_].powers_up()) ++next_;
  return next_ > begin || begin == 0 ? absl::OkStatus() : Differs(kPowerUp);
}

absl::StatusOr<const Step*> Player::Take(ByteView apdu) {
  const ApduRecord command = DescribeCommand(apdu);
  if (next_ == steps_.size() || steps_[next_].powers_up()) return Differs(Words(command));
  const Step& step = steps_[next_];
  if (OfSecureChannel(step.record) && OfSecureChannel(command)) {
    return Differ(
        step.record.number(),
        absl::StrCat("line ", step.line, " is of a secure channel, which cannot be replayed"));
  }
  if (!SameCommand(step.record, command)) return Differs(Words(command));
  ++next_;
  return &step;
}

}  // namespace jpkid::hal::trace
