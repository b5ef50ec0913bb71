#include "tests/fakes/scripted_issuer_card.h"

#include <algorithm>

#include "absl/strings/string_view.h"
#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::fakes {

ScriptedIssuerCard::~ScriptedIssuerCard() {
  EXPECT_EQ(next_, script_.size()) << "commands of the script that nobody sent";
}

absl::StatusOr<Bytes> ScriptedIssuerCard::TransmitRaw(ByteView apdu) {
  const hal::Command command = hal::DecodeCommand(apdu).value();
  if (command.ins == 0xC0 && !rest_.empty()) return InParts();
  if (next_ == script_.size()) {
    ADD_FAILURE() << "a command more than the script has: " << ToHex(apdu);
    return Fail(Reason::kCardRemoved);
  }
  const Step& step = script_[next_++];
  if (step.answer.empty()) return Fail(Reason::kCardRemoved);
  if (command.ins == 0x50) return Greet(command, step);
  if (command.ins == 0x82) return Authenticate(command, step);
  if ((command.cla & 0x04) == 0) {
    channel_.reset();
    EXPECT_EQ(ToHex(apdu), ToHex(FromHex(step.command).value()));
    return FromHex(step.answer);
  }
  return InChannel(command, step);
}

absl::StatusOr<Bytes> ScriptedIssuerCard::Greet(const hal::Command& command, const Step& step) {
  EXPECT_EQ(step.command, kInitializeUpdate);
  if (step.answer != "9000") return FromHex(step.answer);
  hal::Scp03Greeting greeting = {
      .diversification = Bytes(10, 0), .key_version = 1, .sequence = ++sequence_};
  channel_ = hal::Scp03Card::Open(keys_, ByteView(command.data), {}, greeting).value();
  rest_ = hal::EncodeGreeting(greeting);
  Append(rest_, Bytes{0x90, 0x00});
  return InParts();
}

absl::StatusOr<Bytes> ScriptedIssuerCard::Authenticate(const hal::Command& command,
                                                       const Step& step) {
  EXPECT_EQ(step.command, kExternalAuthenticate);
  EXPECT_TRUE(channel_.has_value() && channel_->ExternalAuthenticate(command).ok());
  return FromHex(step.answer);
}

absl::StatusOr<Bytes> ScriptedIssuerCard::InChannel(const hal::Command& command, const Step& step) {
  if (!channel_.has_value()) {
    ADD_FAILURE() << "a wrapped command without a channel instead of " << step.command;
    return FromHex("6882");
  }
  const Bytes expected = FromHex(step.command).value();
  hal::Command plain = channel_->Unwrap(command).value();
  EXPECT_NE(plain.le, hal::Command::kNoLe) << "every answer has an R-MAC";
  if (hal::DecodeCommand(expected)->le == hal::Command::kNoLe) plain.le = hal::Command::kNoLe;
  EXPECT_EQ(ToHex(ByteView(hal::Encode(plain))), ToHex(expected))
      << "command " << next_ << " of the script";
  const bool broken = step.answer.front() == '~';
  const hal::Response answer =
      hal::DecodeResponse(FromHex(absl::string_view(step.answer).substr(broken ? 1 : 0)).value())
          .value();
  hal::Response wrapped = channel_->Wrap(answer).value();
  if (broken) wrapped.data.back() ^= 0x01;
  rest_ = std::move(wrapped.data);
  Append(rest_, Bytes{static_cast<std::uint8_t>(wrapped.sw >> 8),
                      static_cast<std::uint8_t>(wrapped.sw & 0xFF)});
  return InParts();
}

// At most 256 octets of what is to be answered, and 61xx while there is more.
Bytes ScriptedIssuerCard::InParts() {
  constexpr std::size_t kMost = 256;
  if (rest_.size() - 2 <= kMost) return std::exchange(rest_, {});
  Bytes part(rest_.begin(), rest_.begin() + kMost);
  rest_.erase(rest_.begin(), rest_.begin() + kMost);
  const std::size_t more = std::min(rest_.size() - 2, kMost);
  Append(part, Bytes{0x61, static_cast<std::uint8_t>(more & 0xFF)});
  return part;
}

}  // namespace jpkid::fakes
