#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

constexpr char kInitializeUpdate[] = "8050000008001122334455667700";
constexpr char kWrongAuthentication[] = "848233001000000000000000000000000000000000";

// A greeting answered, then a cryptogram that is wrong.
std::string FailOnce(Terminal& terminal) {
  EXPECT_EQ(terminal.Send(kInitializeUpdate).size(), 2 * (32 + 2u));
  return terminal.Send(kWrongAuthentication);
}

TEST(InitializeUpdate, TheGreeting) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  const std::string first = terminal.Send(kInitializeUpdate);
  EXPECT_EQ(first.substr(0, 26), "0000012345678901234F010370");  // serial, key version, SCP03 i=70
  EXPECT_EQ(first.substr(58), "0000019000");                     // sequence counter
  // The same challenge of the host meets another challenge of the card.
  const std::string second = terminal.Send(kInitializeUpdate);
  EXPECT_EQ(second.substr(58), "0000029000");
  EXPECT_NE(first.substr(26, 16), second.substr(26, 16));
  EXPECT_EQ(terminal.image().issuer().sequence(), 2u);
}

TEST(InitializeUpdate, Strictly) {
  Terminal terminal(IssuedImage());
  EXPECT_EQ(terminal.Send(kInitializeUpdate), "6D00");  // no application
  terminal.Select(kSelectTextInput);
  EXPECT_EQ(terminal.Send(kInitializeUpdate), "6D00");  // another one
  terminal.Select(kSelectJpki);
  terminal.Script({
      {"8050020008001122334455667700", "6A88"},  // key version 2
      {"8050000108001122334455667700", "6A86"},
      {"80500000070011223344556600", "6700"},
      {"805000000900112233445566778800", "6700"},
      {"8050000000", "6700"},
      {"0050000008001122334455667700", "6E00"},
  });
  EXPECT_EQ(terminal.image().issuer().sequence(), 0u);
  EXPECT_EQ(terminal.Send("8050010008001122334455667700").size(), 2 * (32 + 2u));
}

TEST(InitializeUpdate, ACardWithoutIssuerProfile) {
  CardOrder order = TestOrder();
  order.issuer_master_key = Secret();
  Terminal terminal(MakeCardImage(order).value());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send(kInitializeUpdate), "6D00");
}

TEST(InitializeUpdate, TheSequenceCounterDoesNotTurnOver) {
  CardImage image = IssuedImage();
  image.mutable_issuer()->set_sequence(0xFFFFFE);
  Terminal terminal(std::move(image));
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send(kInitializeUpdate).substr(58), "FFFFFF9000");
  EXPECT_EQ(terminal.Send(kInitializeUpdate), "6985");
}

TEST(ExternalAuthenticate, OpensTheChannel) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
  EXPECT_EQ(terminal.card().selected_file(), 0x0017);
}

TEST(ExternalAuthenticate, OnlyRightAfterInitializeUpdate) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send(kWrongAuthentication), "6985");
  EXPECT_EQ(terminal.Send(kInitializeUpdate).size(), 2 * (32 + 2u));
  terminal.Script({{"00200098", "63C3"}, {kWrongAuthentication, "6985"}});
  EXPECT_EQ(FailOnce(terminal), "6300");
  EXPECT_EQ(terminal.Send(kWrongAuthentication), "6985");  // a greeting serves once
}

TEST(ExternalAuthenticate, Strictly) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  for (const auto& [command, answer] :
       {std::pair("848203001000000000000000000000000000000000", "6A86"),  // a lower level
        std::pair("848233011000000000000000000000000000000000", "6A86"),
        std::pair("8482330008"
                  "0000000000000000",
                  "6700"),
        std::pair("84823300", "6700")}) {
    EXPECT_EQ(terminal.Send(kInitializeUpdate).size(), 2 * (32 + 2u));
    EXPECT_EQ(terminal.Send(command), answer) << command;
  }
  EXPECT_EQ(terminal.image().issuer().wrong_cryptograms(), 0u);
}

TEST(ExternalAuthenticate, FiveWrongCryptogramsLockForGood) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(FailOnce(terminal), "6300");
  EXPECT_EQ(terminal.Send(kInitializeUpdate), "6983");
  terminal.card().PowerOn();
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send(kInitializeUpdate), "6983");
  EXPECT_EQ(terminal.Send("00B0880000"), "8F8F009000");  // the public profile lives on
}

TEST(ExternalAuthenticate, ARightOneEndsTheRow) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(FailOnce(terminal), "6300");
  terminal.card().PowerOn();  // power has nothing to do with it
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.image().issuer().wrong_cryptograms(), 4u);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  EXPECT_EQ(terminal.image().issuer().wrong_cryptograms(), 0u);
}

TEST(Channel, APlainCommandEndsItButNotThePinState) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
  EXPECT_EQ(terminal.Send("802A0080013100").size(), 512 + 4u);  // PIN and selection hold
  EXPECT_EQ(terminal.Send(terminal.Wrapped("00A4020C020017")), "6882");
}

TEST(Channel, SelectOfAnApplicationEndsBoth) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send(terminal.Wrapped("00A4020C020017")), "6882");
  EXPECT_EQ(terminal.Send("802A0097013100"), "6982");
  // Inside the channel too: the answer comes bare, for there is no channel any more.
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  EXPECT_EQ(terminal.Send(terminal.Wrapped(kSelectJpki)), "9000");
  EXPECT_EQ(terminal.Send(terminal.Wrapped("00A4020C020017")), "6882");
}

TEST(Channel, AWrongMacEndsIt) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  std::string wrapped = terminal.Wrapped("00A4020C020017");
  char& digit = wrapped[wrapped.size() - 4];  // the last octet before Le
  digit = digit == '0' ? '1' : '0';
  EXPECT_EQ(terminal.Send(wrapped), "6982");
  EXPECT_EQ(terminal.Send(terminal.Wrapped("00A4020C020017")), "6882");
  EXPECT_EQ(terminal.card().selected_file(), 0);
}

TEST(Channel, ARepeatedCommandEndsIt) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  const std::string wrapped = terminal.Wrapped("00A4020C020017");
  EXPECT_EQ(terminal.Send(wrapped).size(), 2 * (8 + 2u));  // R-MAC and 9000
  EXPECT_EQ(terminal.Send(wrapped), "6982");
}

TEST(Channel, ResetAndPowerEndIt) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  terminal.card().WarmReset();
  EXPECT_EQ(terminal.Send(terminal.Wrapped("00A4020C020017")), "6882");
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  terminal.card().PowerOn();
  EXPECT_EQ(terminal.Send(terminal.Wrapped("00A4020C020017")), "6882");
}

TEST(Channel, BothClassesAreTaken) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
  EXPECT_EQ(terminal.SendSecure("80A4020C02001A"), "9000");
}

TEST(Channel, OnlyItsOwnCommands) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  // Errors come bare and leave the channel open.
  EXPECT_EQ(terminal.SendSecure("00200098"), "6D00");
  EXPECT_EQ(terminal.SendSecure("002401980431323334"), "6D00");
  EXPECT_EQ(terminal.SendSecure("00B2010400"), "6D00");
  EXPECT_EQ(terminal.SendSecure("8050000008001122334455667700"), "6D00");
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
}

}  // namespace
}  // namespace jpkid::hal::sim
