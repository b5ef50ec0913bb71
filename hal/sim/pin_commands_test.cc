#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

constexpr char kTriesLeft[] = "00200080";
constexpr char kSignWithAuth[] = "802A0097013100";
constexpr char kSignWithSignature[] = "802A009A013100";

bool Signs(Terminal& terminal, absl::string_view command) {
  return terminal.Send(command).size() == 512 + 4;
}

TEST(Verify, CountsDownToZeroThenSaysSomethingElse) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({
      {"00A4020C020018", "9000"},
      {kTriesLeft, "63C3"},
      {"002000800439393939", "63C2"},
      {"002000800439393939", "63C1"},
      {kTriesLeft, "63C1"},
      {"002000800439393939", "63C0"},  // the exhausting try
      {"002000800439393939", "6984"},  // ever after
      {"002000800431323334", "6984"},  // the right one too
      {kTriesLeft, "63C0"},            // clients take another answer for a missing token
  });
}

TEST(Verify, TheSignaturePinHasFiveTries) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00A4020C02001B", "9000"}, {kTriesLeft, "63C5"}});
  for (const char* answer : {"63C4", "63C3", "63C2", "63C1", "63C0", "6984"}) {
    EXPECT_EQ(terminal.Send(VerifyCommand("WRONG1")), answer);
  }
}

TEST(Verify, ARightPinRestoresTheTries) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00A4020C020018", "9000"},
                   {"002000800439393939", "63C2"},
                   {"002000800431323334", "9000"},
                   {kTriesLeft, "63C3"}});  // even though it is verified
}

TEST(Verify, ComparesOctetByOctet) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send("00A4020C02001B"), "9000");
  EXPECT_EQ(terminal.Send(VerifyCommand("abc123def456")), "63C4");
  EXPECT_EQ(terminal.Send(VerifyCommand("ABC123DEF45")), "63C3");
  EXPECT_EQ(terminal.Send(VerifyCommand("ABC123DEF4567")), "63C2");
  EXPECT_EQ(terminal.Send(VerifyCommand(kTestSignaturePin)), "9000");
}

TEST(Verify, AWrongLengthCostsNoTry) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00A4020C020018", "9000"},
                   {"0020008003313233", "6700"},
                   {"00200080053132333435", "6700"},
                   {kTriesLeft, "63C3"},
                   {"00A4020C02001B", "9000"},
                   {"00200080054142433132", "6700"},
                   {kTriesLeft, "63C5"}});
  EXPECT_EQ(terminal.Send(VerifyCommand("ABCDEFGH123456789")), "6700");
  EXPECT_EQ(terminal.Send(kTriesLeft), "63C5");
}

TEST(Verify, ByShortIdentifier) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"002000980431323334", "9000"},  // 0018
                   {"00200098", "63C3"},
                   {"0020009B", "63C5"}});
  EXPECT_TRUE(Signs(terminal, kSignWithAuth));
}

TEST(Verify, Strictly) {
  Terminal terminal(IssuedImage());
  EXPECT_EQ(terminal.Send("00200098"), "6A82");  // no application
  EXPECT_EQ(terminal.Send(kTriesLeft), "6986");
  terminal.Select(kSelectJpki);
  terminal.Script({
      {kTriesLeft, "6986"},  // nothing selected
      {"00A4020C020017", "9000"},
      {kTriesLeft, "6981"},  // a key
      {"00A4020C020006", "9000"},
      {"002000800431323334", "6981"},
      {"00200097", "6981"},
      {"00200083", "6A82"},  // no such file
      {"00A4020C020018", "9000"},
      {"00200000", "6A86"},  // P2 without bit 8
      {"002000A0", "6A86"},
      {"002000C0", "6A86"},
      {"00200180", "6A86"},
      {"0020008000", "6700"},            // an Le
      {"00200080043132333400", "6700"},  // the same with a PIN
      {"80200080", "6E00"},
  });
}

TEST(Verify, TheBlockedStatusIsASwitch) {
  CardImage image = IssuedImage();
  image.mutable_switches()->set_blocked_sw(0x6983);
  image.mutable_auth_pin()->set_tries_left(0);
  Terminal terminal(std::move(image));
  terminal.Select(kSelectJpki);
  terminal.Script({{"002000980431323334", "6983"}, {"00200098", "63C0"}});
}

TEST(Verify, APinNeverSetIsUnusable) {
  CardOrder order = TestOrder();
  order.auth_pin = Secret();
  Terminal terminal(MakeCardImage(order).value());
  terminal.Select(kSelectJpki);
  terminal.Script(
      {{"002000980431323334", "6984"}, {"0020009803313233", "6700"}, {"00200098", "63C0"}});
}

TEST(PinState, ThePinsAreIndependent) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_TRUE(Signs(terminal, kSignWithAuth));
  EXPECT_EQ(terminal.Send(kSignWithSignature), "6982");
  terminal.VerifyPin("001B", kTestSignaturePin);
  EXPECT_TRUE(Signs(terminal, kSignWithAuth));
  EXPECT_TRUE(Signs(terminal, kSignWithSignature));
  // A failed try of one ends the verification of that one alone, and costs the other nothing.
  EXPECT_EQ(terminal.Send(VerifyCommand("WRONG1")), "6981");  // 001A is selected: no PIN file
  terminal.Script({{"00A4020C02001B", "9000"}});
  EXPECT_EQ(terminal.Send(VerifyCommand("WRONG1")), "63C4");
  EXPECT_EQ(terminal.Send(kSignWithSignature), "6982");
  EXPECT_TRUE(Signs(terminal, kSignWithAuth));
  EXPECT_EQ(terminal.Send("00200098"), "63C3");
}

TEST(PinState, OneVerificationServesManySignatures) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Signs(terminal, kSignWithAuth));
}

TEST(PinState, SelectOfAnApplicationEndsIt) {
  for (const char* application : {kSelectJpki, kSelectTextInput}) {
    Terminal terminal(IssuedImage());
    terminal.Select(kSelectJpki);
    terminal.VerifyPin("0018", kTestAuthPin);
    terminal.Select(application);
    terminal.Select(kSelectJpki);
    EXPECT_EQ(terminal.Send(kSignWithAuth), "6982");
  }
}

TEST(PinState, SelectOfAFileDoesNot) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.Script({{"00A4020C02001B", "9000"}, {"00A4020C020006", "9000"}});
  EXPECT_TRUE(Signs(terminal, kSignWithAuth));
}

TEST(PinState, APinOfOneApplicationOpensNothingInAnother) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectTextInput);
  terminal.VerifyPin("0011", kTestTextInputPin);
  terminal.Select(kSelectJpki);
  terminal.Script({{"00B0810004", "6982"}, {kSignWithAuth, "6982"}});
}

TEST(PinState, PowerDownEndsItAWarmResetDoesNot) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(ToHex(terminal.card().WarmReset()), "3BE000FF8131FE4514");
  EXPECT_TRUE(Signs(terminal, kSignWithAuth));
  terminal.card().PowerOff();
  terminal.card().PowerOn();
  EXPECT_EQ(terminal.Send(kSignWithAuth), "6A82");  // not even the application is selected
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send(kSignWithAuth), "6982");
}

TEST(PinState, PowerUpOnAPoweredCardIsPowerDownToo) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.card().PowerOn();
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send(kSignWithAuth), "6982");
}

TEST(ChangePin, AfterVerify) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.Script({
      {"002401800437373737", "9000"},
      {"002000800431323334", "63C2"},  // the old one
      {"002000800437373737", "9000"},
  });
}

TEST(ChangePin, TheVerificationLastsBeyondIt) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.Send("002401800437373737"), "9000");
  EXPECT_TRUE(Signs(terminal, kSignWithAuth));
}

TEST(ChangePin, Strictly) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script(
      {{"002401800437373737", "6986"}, {"00A4020C020018", "9000"}, {"002401800437373737", "6982"}});
  terminal.VerifyPin("001B", kTestSignaturePin);
  terminal.Script({{"00A4020C020018", "9000"}, {"002401800437373737", "6982"}});
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.Script({
      {"0024018003373737", "6700"},
      {"00240180053737373737", "6700"},
      {"00240180", "6700"},
      {"002401800437373741", "6A80"},          // a letter
      {"00240080083132333437373737", "6A86"},  // old and new together
      {"002401980437373737", "6A86"},          // by short identifier
      {"00A4020C020017", "9000"},
      {"002401800437373737", "6981"},
      {"00A4020C020018", "9000"},
      {"002000800431323334", "9000"},  // the old one still holds
  });
  terminal.VerifyPin("001B", kTestSignaturePin);
  EXPECT_EQ(terminal.Send("0024018006"
                          "616263313233"),
            "6A80");  // lower case
  EXPECT_EQ(terminal.Send("0024018006"
                          "414243313233"),
            "9000");
  EXPECT_EQ(terminal.Send(VerifyCommand("ABC123")), "9000");
}

TEST(ResetRetryCounter, IsNotThereInTheClear) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.Send("002C02800437373737"), "6D00");
}

}  // namespace
}  // namespace jpkid::hal::sim
