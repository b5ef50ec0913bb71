#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/status.h"
#include "hal/reader.h"

namespace jpkid::fakes {

// One APDU and its answer, in hexadecimal; blanks are allowed. An empty answer is a card torn out.
struct Step {
  std::string command;
  std::string answer;
};

// A card that expects exactly these commands, octet for octet, and answers as written. Any other
// command, one more or one fewer, fails the test.
class ScriptedCard : public hal::Card {
 public:
  explicit ScriptedCard(std::vector<Step> script) : script_(std::move(script)) {}
  ~ScriptedCard() override {
    EXPECT_EQ(next_, script_.size()) << "commands of the script that nobody sent";
  }
  ScriptedCard(const ScriptedCard&) = delete;
  ScriptedCard& operator=(const ScriptedCard&) = delete;

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override {
    const std::string sent = ToHex(apdu);
    if (next_ == script_.size()) {
      ADD_FAILURE() << "a command more than the script has: " << sent;
      return Fail(Reason::kCardRemoved);
    }
    const Step& step = script_[next_++];
    EXPECT_EQ(sent, ToHex(FromHex(step.command).value()))
        << "command " << next_ << " of the script";
    if (step.answer.empty()) return Fail(Reason::kCardRemoved);
    return FromHex(step.answer);
  }

  std::uint64_t insertion() const override { return 1; }

 protected:
  absl::Status CutPower() override { return absl::OkStatus(); }

 private:
  const std::vector<Step> script_;
  std::size_t next_ = 0;
};

}  // namespace jpkid::fakes
