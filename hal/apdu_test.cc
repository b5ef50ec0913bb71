#include "hal/apdu.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jpkid::hal {
namespace {

std::string Hex(const Command& command) { return ToHex(ByteView(Encode(command))); }

TEST(Apdu, TheFourShortCases) {
  EXPECT_EQ(Hex({.ins = 0x20, .p2 = 0x80}), "00200080");
  EXPECT_EQ(Hex({.ins = 0xB0, .le = 256}), "00B0000000");
  EXPECT_EQ(Hex({.ins = 0xA4, .p1 = 0x02, .p2 = 0x0C, .data = {0x00, 0x0A}}), "00A4020C02000A");
  EXPECT_EQ(Hex({.cla = 0x80, .ins = 0x2A, .p2 = 0x80, .data = {1}, .le = 256}), "802A0080010100");
}

TEST(Apdu, ExtendedWhereShortDoesNotFit) {
  EXPECT_EQ(Hex({.ins = 0xB0, .le = 65536}), "00B00000000000");
  EXPECT_EQ(Hex({.ins = 0xB0, .le = 257}), "00B00000000101");
  EXPECT_EQ(Hex({.ins = 0xD6, .data = WipedBytes(256, 0xAA)}).substr(0, 14), "00D60000000100");
  EXPECT_EQ(Hex({.ins = 0xD6, .data = {0xAA}, .le = 300}), "00D60000000001AA012C");
}

TEST(Apdu, DecodeIsTheInverse) {
  for (const int le : {0, 1, 255, 256, 257, 65535, 65536}) {
    for (const std::size_t nc : {0u, 1u, 255u, 256u, 5000u}) {
      const Command command = {.ins = 0xD6, .p1 = 1, .data = WipedBytes(nc, 0x5A), .le = le};
      const Command decoded = DecodeCommand(ByteView(Encode(command))).value();
      EXPECT_EQ(decoded.le, le);
      EXPECT_EQ(decoded.data, command.data);
    }
  }
}

TEST(Apdu, DecodeRefusesLengthsThatDoNotAddUp) {
  for (const char* wrong : {"", "00A4", "00A402", "00A4040C02AA", "00A4040C01AABBCC",
                            "00D60000000002AA", "00D600000000", "00D60000000001AABB"}) {
    EXPECT_FALSE(DecodeCommand(FromHex(wrong).value()).ok()) << wrong;
  }
}

// A card that answers from a script and keeps what it was sent.
class ScriptedCard {
 public:
  explicit ScriptedCard(std::vector<std::string> answers) : answers_(std::move(answers)) {}
  absl::StatusOr<Response> Send(const Command& command) {
    return TransmitWhole(command, [this](ByteView apdu) { return Answer(apdu); });
  }
  std::vector<std::string> sent;

 private:
  absl::StatusOr<Bytes> Answer(ByteView apdu) {
    sent.push_back(ToHex(apdu));
    EXPECT_LT(next_, answers_.size()) << "more commands than the script has";
    return next_ < answers_.size() ? FromHex(answers_[next_++]) : FromHex("6F00");
  }

  std::vector<std::string> answers_;
  std::size_t next_ = 0;
};

TEST(TransmitWhole, FollowsGetResponse) {
  ScriptedCard card({"AA6102", "BBCC9000"});
  const Response response = card.Send({.ins = 0xB0, .le = 256}).value();
  EXPECT_EQ(ToHex(response.data), "AABBCC");
  EXPECT_EQ(response.sw, kSuccess);
  EXPECT_THAT(card.sent, testing::ElementsAre("00B0000000", "00C0000002"));
}

TEST(TransmitWhole, RepeatsOnceWithTheLengthTheCardNames) {
  ScriptedCard card({"6C02", "AABB9000"});
  EXPECT_EQ(ToHex(card.Send({.ins = 0xB0, .le = 256})->data), "AABB");
  EXPECT_THAT(card.sent, testing::ElementsAre("00B0000000", "00B0000002"));
  ScriptedCard stubborn({"6C02", "6C02"});
  EXPECT_EQ(stubborn.Send({.ins = 0xB0, .le = 256})->sw, 0x6C02);
}

TEST(TransmitWhole, NeverRepeatsACommandWithoutLe) {
  ScriptedCard card({"6C02"});
  EXPECT_EQ(card.Send({.ins = 0x20, .p2 = 0x80, .data = {0x31, 0x32}})->sw, 0x6C02);
  EXPECT_EQ(card.sent.size(), 1u);
}

TEST(TransmitWhole, AnEndlessAnswerIsRefused) {
  ScriptedCard card({"6110", "6110"});
  EXPECT_FALSE(card.Send({.ins = 0xB0, .le = 256}).ok());
  ScriptedCard cut({"90"});
  EXPECT_FALSE(cut.Send({.ins = 0xB0, .le = 256}).ok());
}

}  // namespace
}  // namespace jpkid::hal
