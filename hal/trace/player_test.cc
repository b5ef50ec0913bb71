#include "hal/trace/player.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "hal/trace/scribe.h"

namespace jpkid::hal::trace {
namespace {

constexpr char kSelect[] = "00A4040C0AD392F000260100000001";
constexpr char kVerify[] = "002000980431323334";
constexpr char kOtherPin[] = "002000980439393939";
constexpr char kLongerPin[] = "00200098053132333435";
constexpr char kSign[] =
    "802A0097021122"
    "00";
constexpr char kOtherSign[] =
    "802A0097021133"
    "00";

// Line 1 is a power-up, lines 2 to 4 these commands, line 5 a power-up.
std::vector<Step> Session() {
  Scribe scribe;
  std::vector<Step> steps = {{.line = 1, .record = scribe.PowerUp(*FromHex("3B00"))}};
  for (const auto& [command, answer] :
       {std::pair(kSelect, "9000"), std::pair(kVerify, "9000"), std::pair(kSign, "AABB9000")}) {
    const Bytes octets = *FromHex(answer);
    steps.push_back({.line = static_cast<int>(steps.size()) + 1,
                     .record = scribe.Describe(*FromHex(command), ANSWERED, octets),
                     .answer = octets});
  }
  steps.push_back({.line = 5, .record = scribe.PowerUp(*FromHex("3B00"))});
  for (Step& step : steps) step.record.set_number(static_cast<std::uint64_t>(step.line));
  return steps;
}

class Playing : public testing::Test {
 protected:
  std::string Answer(absl::string_view command) {
    const auto step = player_.Take(*FromHex(command));
    EXPECT_TRUE(step.ok()) << step.status();
    return step.ok() ? ToHex((*step)->answer) : "";
  }
  // The command and the words of a refusal.
  static std::string Difference(const absl::Status& status) {
    EXPECT_TRUE(FailedFor(status, Reason::kTraceDiffers)) << status;
    const ReasonMetadata metadata = FailureOf(status).metadata;
    return metadata.at("n") + ": " + metadata.at("detail");
  }
  std::string Difference(absl::string_view command) {
    return Difference(player_.Take(*FromHex(command)).status());
  }

  Player player_{Session()};
};

TEST_F(Playing, AnswersWhatWasRecorded) {
  EXPECT_EQ(ToHex(player_.atr()), "3B00");
  ASSERT_TRUE(player_.PowerUp().ok());
  EXPECT_EQ(Answer(kSelect), "9000");
  EXPECT_EQ(Answer(kVerify), "9000");
  EXPECT_EQ(Answer(kSign), "AABB9000");
  EXPECT_TRUE(player_.PowerUp().ok());
}

TEST_F(Playing, OfAPinTheLengthAloneIsCompared) {
  ASSERT_TRUE(player_.PowerUp().ok());
  Answer(kSelect);
  EXPECT_EQ(Difference(kLongerPin),
            "3: line 3 has VERIFY 00200098 with 4 masked octets, but VERIFY 00200098 with 5 masked "
            "octets came");
  EXPECT_EQ(Answer(kOtherPin), "9000");
}

TEST_F(Playing, AnotherCommandIsRefusedAndTheReplayStaysWhereItIs) {
  ASSERT_TRUE(player_.PowerUp().ok());
  EXPECT_EQ(Difference("00B0000000"),
            "2: line 2 has SELECT 00A4040C D392F000260100000001, but READ BINARY 00B00000, Le 256 "
            "came");
  EXPECT_EQ(Difference("00"),
            "2: line 2 has SELECT 00A4040C D392F000260100000001, but not a command APDU with 1 "
            "masked octets came");
  Answer(kSelect);
  Answer(kVerify);
  EXPECT_EQ(Difference(kOtherSign),
            "4: line 4 has PERFORM SECURITY OPERATION 802A0097 1122, Le 256, but PERFORM SECURITY "
            "OPERATION 802A0097 1133, Le 256 came");
  EXPECT_EQ(Answer(kSign), "AABB9000");
}

TEST_F(Playing, PowerIsPartOfTheRecording) {
  EXPECT_EQ(Difference(kSelect),
            "1: line 1 has POWER UP, but SELECT 00A4040C D392F000260100000001 came");
  ASSERT_TRUE(player_.PowerUp().ok());
  EXPECT_EQ(Difference(player_.PowerUp()),
            "2: line 2 has SELECT 00A4040C D392F000260100000001, but POWER UP came");
}

TEST_F(Playing, NothingComesAfterTheEnd) {
  ASSERT_TRUE(player_.PowerUp().ok());
  for (const char* command : {kSelect, kVerify, kSign}) Answer(command);
  ASSERT_TRUE(player_.PowerUp().ok());
  EXPECT_EQ(Difference(kVerify),
            "6: the recording ends with line 5, then came VERIFY 00200098 with 4 masked octets");
  EXPECT_EQ(Difference(player_.PowerUp()), "6: the recording ends with line 5, then came POWER UP");
}

TEST(Player, ASecureChannelCannotBeReplayed) {
  for (const char* command : {"8050000008010203040506070800",
                              "84820000101122334455667788"
                              "1122334455667788"}) {
    Scribe scribe;
    Player player(
        {{.line = 1, .record = scribe.Describe(*FromHex(command), ANSWERED, *FromHex("9000"))}});
    ASSERT_TRUE(player.PowerUp().ok());
    EXPECT_EQ(FailureOf(player.Take(*FromHex(command)).status()).metadata.at("detail"),
              "line 1 is of a secure channel, which cannot be replayed");
  }
}

}  // namespace
}  // namespace jpkid::hal::trace
