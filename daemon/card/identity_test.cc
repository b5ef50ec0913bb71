#include "daemon/card/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/fakes/scripted_card.h"

namespace jpkid::card {
namespace {

using fakes::ScriptedCard;
using fakes::Step;

// SELECT of the common card application and of JPKI.
const Step kSelectCommon = {"00A4040C 0A D3921000310001010100", "9000"};
const Step kSelectJpki = {"00A4040C 0A D392F000260100000001", "9000"};
// READ RECORD 1 of EF 01: serial 123456789012345, municipality 28219, expiry 2034-02-17.
const Step kRecord = {"00B2010C00",
                      "011C 313233343536373839303132333435 3238323139 3230333430323137 9000"};
// READ BINARY of EF 06: label and maker of 32 octets, model of 16.
constexpr char kReadToken[] = "00B0860050";
std::string Token(const std::string& label, const std::string& model) {
  const auto padded = [](std::string text, std::size_t size) {
    text.resize(size, ' ');
    return ToHex(AsBytes(text));
  };
  return padded(label, 32) + padded("jpkid", 32) + padded(model, 16) + "9000";
}
const Step kToken = {kReadToken, Token("JPKISIMCARD", "rsa-2048")};
// READ BINARY of EF 08: signature absent, auth present.
const Step kPresence = {"00B0880003", "008F00 9000"};

TEST(Identify, FiveCommandsTellTheCard) {
  ScriptedCard card({kSelectCommon, kRecord, kSelectJpki, kToken, kPresence});
  const Identity identity = Identify(card).value();
  EXPECT_EQ(identity.serial, "123456789012345");
  EXPECT_EQ(identity.municipality_code, "28219");
  EXPECT_EQ(identity.card_expiry, absl::CivilDay(2034, 2, 17));
  EXPECT_EQ(identity.token, "JPKISIMCARD");
  EXPECT_EQ(identity.model, "rsa-2048");
  EXPECT_TRUE(identity.training());
  EXPECT_FALSE(identity.present(certs::Kind::kSignature));
  EXPECT_TRUE(identity.present(certs::Kind::kAuth));
  EXPECT_EQ(identity.insertion, card.insertion());
  EXPECT_FALSE(card.remembered().security_state) << "nothing was verified";
}

TEST(Identify, ARealCardIsNotATrainingCard) {
  const Step token = {kReadToken, Token("JPKIAPICCTOKEN2", "")};
  ScriptedCard card({kSelectCommon, kRecord, kSelectJpki, token, kPresence});
  const Identity identity = Identify(card).value();
  EXPECT_EQ(identity.token, "JPKIAPICCTOKEN2");
  EXPECT_EQ(identity.model, "");
  EXPECT_FALSE(identity.training());
}

TEST(Identify, ATokenThatEndsWithItsLabelHasNoModel) {
  const std::string whole = Token("JPKISIMCARD", "rsa-2048");
  ScriptedCard card(
      {kSelectCommon, kRecord, kSelectJpki, {kReadToken, whole.substr(0, 64) + "9000"}, kPresence});
  const Identity identity = Identify(card).value();
  EXPECT_EQ(identity.token, "JPKISIMCARD");
  EXPECT_EQ(identity.model, "");
}

TEST(Identify, ACardWithoutTheApplicationIsNoJpkiCard) {
  ScriptedCard card({{kSelectCommon.command, "6A82"}});
  EXPECT_TRUE(FailedFor(Identify(card).status(), Reason::kCardNotJpki));
  EXPECT_TRUE(card.remembered().selected_application.empty());
}

TEST(Identify, TheFirstCommandMayBeThrownAway) {
  // Some cards answer 6F00 to whatever comes first after power-up; the second time it is an error.
  ScriptedCard sleepy(
      {{kSelectCommon.command, "6F00"}, kSelectCommon, kRecord, kSelectJpki, kToken, kPresence});
  EXPECT_TRUE(Identify(sleepy).ok());
  ScriptedCard broken({{kSelectCommon.command, "6F00"}, {kSelectCommon.command, "6F00"}});
  EXPECT_TRUE(FailedFor(Identify(broken).status(), Reason::kCardStatus));
}

TEST(Identify, GarbledRecordsAreRefused) {
  const auto record = [](const char* header, const char* text) {
    return std::string(header) + ToHex(AsBytes(text)) + "9000";
  };
  for (const std::string& answer : {std::string("9000"), std::string("011C 9000"),
                                    record("011B", "123456789012345282192034021"),
                                    record("011C", "A234567890123452821920340217"),  // A letter.
                                    record("011C", "1234567890123452821920340230"),  // 30 February.
                                    record("021C", "1234567890123452821920340217"),  // Another tag.
                                    record("011C", "12345678901234528219203402171")}) {
    ScriptedCard card({kSelectCommon, {kRecord.command, answer}});
    EXPECT_TRUE(FailedFor(Identify(card).status(), Reason::kCardAnswerInvalid)) << answer;
  }
}

TEST(Identify, GarbledFilesAreRefused) {
  ScriptedCard short_token({kSelectCommon, kRecord, kSelectJpki, {kToken.command, "4A50 9000"}});
  EXPECT_TRUE(FailedFor(Identify(short_token).status(), Reason::kCardAnswerInvalid));
  ScriptedCard short_marks(
      {kSelectCommon, kRecord, kSelectJpki, kToken, {kPresence.command, "8F 9000"}});
  EXPECT_TRUE(FailedFor(Identify(short_marks).status(), Reason::kCardAnswerInvalid));
}

TEST(Identify, ACardTornOutIsSaid) {
  ScriptedCard card({kSelectCommon, {kRecord.command, ""}});
  EXPECT_TRUE(FailedFor(Identify(card).status(), Reason::kCardRemoved));
}

}  // namespace
}  // namespace jpkid::card
