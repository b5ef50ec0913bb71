#include "hal/sim/faults.h"

#include <gtest/gtest.h>

namespace jpkid::hal::sim {
namespace {

// The action of the fault taken for a command; ACTION_NOT_SET also for a fault that lets it pass.
Fault::ActionCase Take(Faults& faults, std::uint8_t instruction, std::uint16_t file = 0) {
  const std::optional<Fault> fault = faults.Take(instruction, file);
  return fault.has_value() ? fault->action_case() : Fault::ACTION_NOT_SET;
}

TEST(FaultsTest, FirstMatchIsTakenAndRemoved) {
  Faults faults;
  ASSERT_TRUE(faults
                  .Add("faults { match { instruction: 0x20 } mute {} }"
                       "faults { match { instruction: 0x20 } garble {} }")
                  .ok());
  EXPECT_EQ(Take(faults, 0xB0), Fault::ACTION_NOT_SET);
  EXPECT_EQ(Take(faults, 0x20), Fault::kMute);
  EXPECT_EQ(Take(faults, 0x20), Fault::kGarble);
  EXPECT_EQ(Take(faults, 0x20), Fault::ACTION_NOT_SET);
  EXPECT_EQ(faults.waiting(), 0U);
}

TEST(FaultsTest, EmptyActionLetsOnePass) {
  Faults faults;
  ASSERT_TRUE(faults.Add("faults { match { instruction: 0xD6 } } faults { mute {} }").ok());
  EXPECT_EQ(Take(faults, 0xD6), Fault::ACTION_NOT_SET);
  EXPECT_EQ(Take(faults, 0xD6), Fault::kMute);
}

TEST(FaultsTest, CountsTheNthOfItsOwnKind) {
  Faults faults;
  ASSERT_TRUE(faults.Add("faults { match { instruction: 0xD6 nth: 3 } hang {} }").ok());
  EXPECT_EQ(Take(faults, 0xD6), Fault::ACTION_NOT_SET);
  EXPECT_EQ(Take(faults, 0xA4), Fault::ACTION_NOT_SET);
  EXPECT_EQ(Take(faults, 0xD6), Fault::ACTION_NOT_SET);
  EXPECT_EQ(Take(faults, 0xD6), Fault::kHang);
}

TEST(FaultsTest, MatchesTheSelectedFile) {
  Faults faults;
  ASSERT_TRUE(faults.Add("faults { match { file: 0x000A } answer { sw: 0x6581 } }").ok());
  EXPECT_EQ(Take(faults, 0xD6, 0x0001), Fault::ACTION_NOT_SET);
  EXPECT_EQ(faults.Take(0xD6, 0x000A)->answer().sw(), 0x6581U);
}

TEST(FaultsTest, RefusesNonsenseWithItsPlace) {
  Faults faults;
  EXPECT_EQ(faults.Add("faults {\n  smash {} }").message(),
            "fault: 2:9: Message type \"jpkid.hal.sim.Fault\" has no field named \"smash\".");
  EXPECT_EQ(faults.Add("faults { match { instruction: 0x1FF } mute {} }").message(),
            "fault: instruction has one octet, file has two");
  EXPECT_EQ(faults.Add("faults { answer { sw: 1 } }").message(),
            "fault: sw is between 0x6000 and 0x9FFF");
  EXPECT_EQ(faults.Add("faults { mute {} } faults { other_card {} }").message(),
            "fault: other_card names the file of a card");
  EXPECT_EQ(faults.waiting(), 0U);
}

}  // namespace
}  // namespace jpkid::hal::sim
