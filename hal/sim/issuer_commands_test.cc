#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

std::string HexOf(const std::string& octets) { return ToHex(AsBytes(octets)); }

std::string Sha256(const Bytes& data) {
  Bytes digest(32);
  EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return ToHex(digest);
}

TEST(GenerateKeyPair, TheKeyWaitsBesideTheCurrentOne) {
  Terminal terminal = WithChannel(IssuedImage());
  const std::string before = terminal.image().auth().current().SerializeAsString();
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey),
            ToHex(*TestKey(RSA_2048, 0).PublicKeyTemplate()) + "9000");
  EXPECT_EQ(terminal.SendSecure(kMakeSignatureKey),
            ToHex(*TestKey(RSA_2048, 1).PublicKeyTemplate()) + "9000");
  EXPECT_EQ(terminal.image().auth().current().SerializeAsString(), before);
  EXPECT_FALSE(terminal.image().signature().pending().private_key().empty());
}

TEST(GenerateKeyPair, ALongAnswerIsFetchedInTheClear) {
  Terminal terminal = WithChannel(IssuedImage());
  // 270 octets become 272 encrypted and 8 of R-MAC: 256 at once, 24 wait.
  const std::string first = terminal.Send(terminal.Wrapped(kMakeAuthKey));
  EXPECT_EQ(first.size(), 2 * (256 + 2u));
  EXPECT_EQ(first.substr(512), "6118");
  EXPECT_EQ(terminal.Send("00C0000018").size(), 2 * (24 + 2u));
  // The fetch did not end the channel.
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
}

TEST(GenerateKeyPair, P384) {
  Terminal terminal = WithChannel(IssuedImage(EC_P384));
  EXPECT_EQ(terminal.SendSecure("0047000008AC0680011483011700"),
            ToHex(*TestKey(EC_P384, 0).PublicKeyTemplate()) + "9000");
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey), "6A81");  // RSA on this card
}

TEST(GenerateKeyPair, Strictly) {
  Terminal terminal = WithChannel(IssuedImage());
  for (const auto& [command, answer] : {
           std::pair("0047000008AC0680011483011700", "6A81"),  // P-384 on this card
           std::pair("0047000008AC0680010683011700", "6A81"),  // no such algorithm
           std::pair("0047000008AC0680010783011800", "6A88"),  // a PIN
           std::pair("0047000008AC0680010783011900", "6A88"),  // no such file
           std::pair("0047010008AC0680010783011700", "6A86"),
           std::pair("0047000003AC010000", "6A80"),
           std::pair("0047000009AC068001078301170000", "6A80"),
           std::pair("0047000008AC0683011780010700", "6A80"),  // the other order
           std::pair("00470000", "6A80"),
       }) {
    EXPECT_EQ(terminal.SendSecure(command), answer) << command;
  }
  EXPECT_EQ(terminal.SendSecure(kGetPending), kNothingPending);
}

TEST(GenerateKeyPair, ASecondOneDropsTheFirstAndItsCertificate) {
  Terminal terminal = WithChannel(IssuedImage());
  WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey),
            ToHex(*TestKey(RSA_2048, 1).PublicKeyTemplate()) + "9000");
  EXPECT_TRUE(terminal.image().auth().pending().certificate().empty());
}

TEST(GenerateKeyPair, ACardWithoutStagingLosesTheOldCertificate) {
  CardImage image = IssuedImage();
  image.set_staged(false);
  Terminal terminal = WithChannel(std::move(image));
  const Bytes certificate = WritePendingAuth(terminal);
  EXPECT_EQ(terminal.Send("00B0880000"), "8F00009000");
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.Send("802A0097013100"), "6A88");
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  EXPECT_EQ(terminal.SendSecure("00A4020C02000A"), "9000");
  EXPECT_EQ(terminal.SendSecure("00440000"), "9000");
  EXPECT_EQ(terminal.Send("00B0880000"), "8F8F009000");
  EXPECT_EQ(HexOf(terminal.image().auth().current().certificate()), ToHex(certificate));
}

TEST(SignPending, WithoutPin) {
  Terminal terminal = WithChannel(IssuedImage());
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
  EXPECT_EQ(terminal.SendSecure("002A0080013100"), "6A88");  // nothing pending; not the current key
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  const std::string expected = ToHex(*TestKey(RSA_2048, 0).Sign(Bytes{0x31})) + "9000";
  EXPECT_EQ(terminal.SendSecure("002A0080013100"), expected);
  EXPECT_EQ(terminal.SendSecure("002A0097013100"), expected);
  EXPECT_EQ(terminal.SendSecure("002A009A013100"), "6A88");  // the other kind has none
  EXPECT_EQ(terminal.SendSecure("002A009700"), "6700");
}

TEST(GetData, WhatIsPending) {
  Terminal terminal = WithChannel(IssuedImage());
  EXPECT_EQ(terminal.SendSecure(kGetPending), kNothingPending);
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  const std::string auth_key = Sha256(*TestKey(RSA_2048, 0).PublicKeyInfo());
  EXPECT_EQ(terminal.SendSecure(kGetPending),
            "DF2032A0288301178001018120" + auth_key + "A00683011A8001009000");
  EXPECT_EQ(terminal.SendSecure(kMakeSignatureKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00A4020C020001"), "9000");
  terminal.Write(SelfSigned(TestKey(RSA_2048, 1), "renewed"));
  EXPECT_EQ(terminal.SendSecure(kGetPending),
            "DF2054A0288301178001018120" + auth_key + "A02883011A8001028120" +
                Sha256(*TestKey(RSA_2048, 1).PublicKeyInfo()) + "9000");
}

TEST(GetData, TheHolder) {
  Terminal terminal = WithChannel(IssuedImage());
  const std::string record = terminal.SendSecure("00CAFF2000");
  terminal.Select(kSelectTextInput);
  terminal.VerifyPin("0011", kTestTextInputPin);
  EXPECT_EQ(terminal.Send("00B0820000"), record);
  EXPECT_EQ(record.substr(0, 6), "FF2054");
}

TEST(GetData, Strictly) {
  Terminal terminal = WithChannel(IssuedImage());
  EXPECT_EQ(terminal.SendSecure("00CA006600"), "6A88");
  EXPECT_EQ(terminal.SendSecure("00CADF20010000"), "6700");
}

TEST(ResetRetryCounter, SetsThePinAndItsTries) {
  CardImage image = IssuedImage();
  image.mutable_auth_pin()->set_tries_left(0);
  Terminal terminal = WithChannel(std::move(image));
  EXPECT_EQ(terminal.SendSecure("00A4020C020018"), "9000");
  EXPECT_EQ(terminal.SendSecure("002C02800437373737"), "9000");
  terminal.Script({{"00200080", "63C3"}, {"002000800437373737", "9000"}});
}

TEST(ResetRetryCounter, SetsAPinForTheFirstTime) {
  CardOrder order = TestOrder();
  order.signature_pin = Secret();
  Terminal terminal = WithChannel(MakeCardImage(order).value());
  EXPECT_EQ(terminal.SendSecure("00A4020C02001B"), "9000");
  EXPECT_EQ(terminal.SendSecure("002C02800641424331"
                                "3233"),
            "9000");
  EXPECT_EQ(terminal.Send(VerifyCommand("ABC123")), "9000");
}

TEST(ResetRetryCounter, ThePinMustBeVerifiedAnew) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  EXPECT_EQ(terminal.SendSecure("00A4020C020018"), "9000");
  EXPECT_EQ(terminal.SendSecure("002C02800437373737"), "9000");
  EXPECT_EQ(terminal.Send("802A0097013100"), "6982");
}

TEST(ResetRetryCounter, Strictly) {
  Terminal terminal = WithChannel(IssuedImage());
  EXPECT_EQ(terminal.SendSecure("002C02800437373737"), "6986");
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
  EXPECT_EQ(terminal.SendSecure("002C02800437373737"), "6981");
  EXPECT_EQ(terminal.SendSecure("00A4020C020018"), "9000");
  EXPECT_EQ(terminal.SendSecure("002C03800437373737"), "6A86");
  EXPECT_EQ(terminal.SendSecure("002C02980437373737"), "6A86");
  EXPECT_EQ(terminal.SendSecure("002C028003373737"), "6700");
  EXPECT_EQ(terminal.SendSecure("002C02800437373741"), "6A80");
  EXPECT_EQ(terminal.SendSecure("002C0280"), "6700");
  EXPECT_EQ(terminal.Send("002000800431323334"), "9000");  // nothing of it took effect
}

}  // namespace
}  // namespace jpkid::hal::sim
