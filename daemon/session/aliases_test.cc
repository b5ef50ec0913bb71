#include "daemon/session/aliases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jpkid::session {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(AliasFrom, LowerCaseWithRunsOfOtherCharactersAsHyphens) {
  EXPECT_EQ(AliasFrom("Virtual PCD 00 00"), "virtual-pcd-00-00");
  EXPECT_EQ(AliasFrom("  ACS ACR122U  [PICC] (2) "), "acs-acr122u-picc-2");
  EXPECT_EQ(AliasFrom("カード"), "reader");
  EXPECT_EQ(AliasFrom(""), "reader");
  EXPECT_EQ(AliasFrom(std::string(62, 'x') + " y"), std::string(62, 'x'));
}

TEST(Aliases, TheFirstGlobThatFitsDecides) {
  Aliases aliases({{.alias = "window-1", .driver_name = "ACS*00 00"},
                   {.alias = "others", .driver_name = "ACS*"}});
  aliases.Update({"ACS ACR122U 00 00", "ACS ACR122U 01 00", "ACS ACR122U 02 00", "SCM 00 00"});
  EXPECT_THAT(
      aliases.present(),
      ElementsAre(Pair("others", "ACS ACR122U 01 00"), Pair("others-2", "ACS ACR122U 02 00"),
                  Pair("scm-00-00", "SCM 00 00"), Pair("window-1", "ACS ACR122U 00 00")));
}

TEST(Aliases, EqualNamesAreNumberedAndKept) {
  Aliases aliases({});
  aliases.Update({"A 1", "A-1"});
  EXPECT_THAT(aliases.present(), ElementsAre(Pair("a-1", "A 1"), Pair("a-1-2", "A-1")));
  aliases.Update({"A-1"});
  EXPECT_THAT(aliases.present(), ElementsAre(Pair("a-1-2", "A-1")));
  aliases.Update({});
  EXPECT_THAT(aliases.present(), IsEmpty());
  aliases.Update({"A-1"});
  EXPECT_THAT(aliases.present(), ElementsAre(Pair("a-1-2", "A-1")));
}

TEST(Aliases, AReaderThatCameBackUnderAnotherNameTakesTheConfiguredAlias) {
  Aliases aliases({Alias{.alias = "window-1", .driver_name = "ACS*"}});
  aliases.Update({"ACS 00 00"});
  aliases.Update({"ACS 01 00"});
  EXPECT_THAT(aliases.present(), ElementsAre(Pair("window-1", "ACS 01 00")));
  aliases.Update({"ACS 00 00", "ACS 01 00"});  // The first one does not push it out.
  EXPECT_THAT(aliases.present(),
              ElementsAre(Pair("window-1", "ACS 01 00"), Pair("window-1-2", "ACS 00 00")));
}

TEST(SerialIn, IsTheLastThingInParentheses) {
  EXPECT_EQ(SerialIn("Gemalto PC Twin Reader (70D7E2EE) 00 00"), "70D7E2EE");
  EXPECT_EQ(SerialIn("SONY FeliCa RC-S300/P (Contact) [IC] (0512) 01 00"), "0512");
  EXPECT_EQ(SerialIn("Virtual PCD 00 00"), "");
  EXPECT_EQ(SerialIn("Odd ) name ("), "");
}

TEST(Aliases, ASerialNumberNamesADeviceWhereverItIsPluggedIn) {
  Aliases aliases({{.alias = "window-1", .driver_name = "", .serial = "B2"},
                   {.alias = "window-2", .driver_name = "Twin*", .serial = ""}});
  aliases.Update({"Twin (A1) 00 00", "Twin (B2) 01 00"});
  const auto both =
      ElementsAre(Pair("window-1", "Twin (B2) 01 00"), Pair("window-2", "Twin (A1) 00 00"));
  EXPECT_THAT(aliases.present(), both);
  aliases.Update({});
  aliases.Update({"Twin (A1) 01 00", "Twin (B2) 00 00"});  // The other way round.
  EXPECT_THAT(aliases.present(), ElementsAre(Pair("window-1", "Twin (B2) 00 00"),
                                             Pair("window-2", "Twin (A1) 01 00")));
}

TEST(Aliases, SerialAndNameTellTheSlotsOfOneDeviceApart) {
  Aliases aliases({{.alias = "contact", .driver_name = "* 00", .serial = "S"},
                   {.alias = "contactless", .driver_name = "* 01", .serial = "S"}});
  aliases.Update({"Dual (S) 00 00", "Dual (S) 00 01", "Dual (T) 01 00"});
  EXPECT_THAT(aliases.present(),
              ElementsAre(Pair("contact", "Dual (S) 00 00"), Pair("contactless", "Dual (S) 00 01"),
                          Pair("dual-t-01-00", "Dual (T) 01 00")));
}

TEST(Aliases, AMadeNameNeverTakesAConfiguredOne) {
  Aliases aliases({Alias{.alias = "window-1", .driver_name = "ACS*"}});
  aliases.Update({"Window 1"});
  EXPECT_THAT(aliases.present(), ElementsAre(Pair("window-1-2", "Window 1")));
}

TEST(Aliases, LongNamesAreShortenedForTheirNumber) {
  Aliases aliases({});
  const std::string name(80, 'x');
  aliases.Update({name, name + "y"});
  EXPECT_THAT(aliases.present(), ElementsAre(Pair(std::string(61, 'x') + "-2", name + "y"),
                                             Pair(std::string(63, 'x'), name)));
}

TEST(Aliases, KnowsConfiguredPresentAndFormerOnes) {
  Aliases aliases({Alias{.alias = "window-1", .driver_name = "ACS*"}});
  EXPECT_TRUE(aliases.Knows("window-1"));
  EXPECT_FALSE(aliases.Knows("scm"));
  aliases.Update({"SCM"});
  EXPECT_TRUE(aliases.Knows("scm"));
  aliases.Update({});
  EXPECT_TRUE(aliases.Knows("scm"));
}

}  // namespace
}  // namespace jpkid::session
