#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

constexpr char kMakeAuthKey[] = "0047000008AC0680010783011700";
constexpr char kMakeSignatureKey[] = "0047000008AC0680010783011A00";
constexpr char kPending[] = "00CADF2000";
constexpr char kNothingPending[] = "DF2010A006830117800100A00683011A8001009000";

std::string HexOf(const std::string& octets) { return ToHex(AsBytes(octets)); }

std::string Sha256(const Bytes& data) {
  Bytes digest(32);
  EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return ToHex(digest);
}

// A terminal with an open channel.
Terminal Open(CardImage image) {
  Terminal terminal(std::move(image));
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  return terminal;
}

// Writes `content` into the selected file as the issuing side does, 239 octets at a time.
void Write(Terminal& terminal, const Bytes& content) {
  for (std::size_t offset = 0; offset < content.size(); offset += 239) {
    const std::size_t size = std::min<std::size_t>(239, content.size() - offset);
    const ByteView block = ByteView(content).subspan(offset, size);
    EXPECT_EQ(terminal.SendSecure(absl::StrFormat("00D6%04X%02X%s", offset, size, ToHex(block))),
              "9000");
  }
}

// The first of the test keys becomes the pending auth key, with its certificate.
Bytes WritePendingAuth(Terminal& terminal) {
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey),
            ToHex(*TestKey(RSA_2048, 0).PublicKeyTemplate()) + "9000");
  const Bytes certificate = SelfSigned(TestKey(RSA_2048, 0), "renewed");
  EXPECT_EQ(terminal.SendSecure("00A4020C02000A"), "9000");
  Write(terminal, certificate);
  return certificate;
}

TEST(GenerateKeyPair, TheKeyWaitsBesideTheCurrentOne) {
  Terminal terminal = Open(IssuedImage());
  const std::string before = terminal.image().auth().current().SerializeAsString();
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey),
            ToHex(*TestKey(RSA_2048, 0).PublicKeyTemplate()) + "9000");
  EXPECT_EQ(terminal.SendSecure(kMakeSignatureKey),
            ToHex(*TestKey(RSA_2048, 1).PublicKeyTemplate()) + "9000");
  EXPECT_EQ(terminal.image().auth().current().SerializeAsString(), before);
  EXPECT_FALSE(terminal.image().signature().pending().private_key().empty());
}

TEST(GenerateKeyPair, ALongAnswerIsFetchedInTheClear) {
  Terminal terminal = Open(IssuedImage());
  // 270 octets become 272 encrypted and 8 of R-MAC: 256 at once, 24 wait.
  const std::string first = terminal.Send(terminal.Wrapped(kMakeAuthKey));
  EXPECT_EQ(first.size(), 2 * (256 + 2u));
  EXPECT_EQ(first.substr(512), "6118");
  EXPECT_EQ(terminal.Send("00C0000018").size(), 2 * (24 + 2u));
  // The fetch did not end the channel.
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
}

TEST(GenerateKeyPair, P384) {
  Terminal terminal = Open(IssuedImage(EC_P384));
  EXPECT_EQ(terminal.SendSecure("0047000008AC0680011483011700"),
            ToHex(*TestKey(EC_P384, 0).PublicKeyTemplate()) + "9000");
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey), "6A81");  // RSA on this card
}

TEST(GenerateKeyPair, Strictly) {
  Terminal terminal = Open(IssuedImage());
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
  EXPECT_EQ(terminal.SendSecure(kPending), kNothingPending);
}

TEST(GenerateKeyPair, ASecondOneDropsTheFirstAndItsCertificate) {
  Terminal terminal = Open(IssuedImage());
  WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey),
            ToHex(*TestKey(RSA_2048, 1).PublicKeyTemplate()) + "9000");
  EXPECT_TRUE(terminal.image().auth().pending().certificate().empty());
}

TEST(GenerateKeyPair, ACardWithoutStagingLosesTheOldCertificate) {
  CardImage image = IssuedImage();
  image.set_staged(false);
  Terminal terminal = Open(std::move(image));
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
  Terminal terminal = Open(IssuedImage());
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
  EXPECT_EQ(terminal.SendSecure("002A0080013100"), "6A88");  // nothing pending; not the current key
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  const std::string expected = ToHex(*TestKey(RSA_2048, 0).Sign(Bytes{0x31})) + "9000";
  EXPECT_EQ(terminal.SendSecure("002A0080013100"), expected);
  EXPECT_EQ(terminal.SendSecure("002A0097013100"), expected);
  EXPECT_EQ(terminal.SendSecure("002A009A013100"), "6A88");  // the other kind has none
  EXPECT_EQ(terminal.SendSecure("002A009700"), "6700");
}

TEST(UpdateBinary, IntoThePendingFilesAlone) {
  Terminal terminal = Open(IssuedImage());
  const std::string current = HexOf(terminal.image().auth().current().certificate());
  const Bytes certificate = WritePendingAuth(terminal);
  EXPECT_EQ(HexOf(terminal.image().auth().pending().certificate()), ToHex(certificate));
  EXPECT_EQ(HexOf(terminal.image().auth().current().certificate()), current);
  // What is read in the channel is the pending file, what is read in the clear the current one.
  EXPECT_EQ(terminal.SendSecure("00B000000A"), ToHex(ByteView(certificate).first(10)) + "9000");
  EXPECT_EQ(terminal.Send("00B000000A"), current.substr(0, 20) + "9000");
}

TEST(UpdateBinary, ThePendingSignatureCertificateIsReadWithoutPin) {
  Terminal terminal = Open(IssuedImage());
  EXPECT_EQ(terminal.SendSecure(kMakeSignatureKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00A4020C020001"), "9000");
  EXPECT_EQ(terminal.SendSecure("00B0000000"), "6B00");
  EXPECT_EQ(terminal.SendSecure("00D6000003AABBCC"), "9000");
  EXPECT_EQ(terminal.SendSecure("00B0000000"), "AABBCC9000");
  EXPECT_EQ(terminal.SendSecure("00B0010000"), "6B00");
  EXPECT_EQ(terminal.Send("00B0000000"), "6982");
}

TEST(UpdateBinary, TheFileEndsWhereTheLastWriteEnded) {
  Terminal terminal = Open(IssuedImage());
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00A4020C02000B"), "9000");
  EXPECT_EQ(terminal.SendSecure("00D600000401020304"), "9000");
  EXPECT_EQ(terminal.SendSecure("00D60004020506"), "9000");
  EXPECT_EQ(terminal.SendSecure("00D60004020506"), "9000");  // the same once more
  EXPECT_EQ(terminal.SendSecure("00B0000000"), "0102030405069000");
  EXPECT_EQ(terminal.SendSecure("00D6000102AABB"), "9000");
  EXPECT_EQ(terminal.SendSecure("00B0000000"), "01AABB9000");
}

TEST(UpdateBinary, Strictly) {
  Terminal terminal = Open(IssuedImage());
  EXPECT_EQ(terminal.SendSecure("00D600000101"), "6986");
  EXPECT_EQ(terminal.SendSecure("00A4020C02000A"), "9000");
  EXPECT_EQ(terminal.SendSecure("00D600000101"), "6985");  // no pending key
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00D600010101"), "6B00");  // a gap
  EXPECT_EQ(terminal.SendSecure("00D600000101"), "9000");
  EXPECT_EQ(terminal.SendSecure("00D600020101"), "6B00");
  EXPECT_EQ(terminal.SendSecure("00D680000101"), "6A86");  // by short identifier
  EXPECT_EQ(terminal.SendSecure("00D60000"), "6700");
  for (const char* file : {"0006", "0008", "0017", "0018"}) {
    EXPECT_EQ(terminal.SendSecure(absl::StrCat("00A4020C02", file)), "9000");
    EXPECT_EQ(terminal.SendSecure("00D600000101"), "6981") << file;
  }
  EXPECT_EQ(terminal.SendSecure("00A4020C020001"), "9000");
  EXPECT_EQ(terminal.SendSecure("00D600000101"), "6985");  // the key pending is of the other kind
}

TEST(UpdateBinary, AFullFile) {
  Terminal terminal = Open(IssuedImage());
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00A4020C02000A"), "9000");
  Write(terminal, Bytes(8192, 0x30));
  EXPECT_EQ(terminal.SendSecure("00D620000101"), "6A84");
  EXPECT_EQ(terminal.image().auth().pending().certificate().size(), 8192u);
}

TEST(Activate, PendingBecomesCurrentInOneStep) {
  Terminal terminal = Open(IssuedImage());
  const std::string old_ca = HexOf(terminal.image().auth().current().ca_certificate());
  const Bytes certificate = WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure("00440000"), "9000");
  EXPECT_EQ(terminal.SendSecure(kPending), kNothingPending);
  EXPECT_EQ(HexOf(terminal.image().auth().current().certificate()), ToHex(certificate));
  EXPECT_EQ(HexOf(terminal.image().auth().current().ca_certificate()), old_ca);
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // once only
}

TEST(Activate, OnABlankCard) {
  Terminal terminal = Open(MakeCardImage(TestOrder()).value());
  EXPECT_EQ(terminal.SendSecure("00B0880000"), "0000009000");
  const Bytes certificate = WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure("00B0880000"), "0000009000");  // EF 0008 follows ACTIVATE only
  const Bytes ca = SelfSigned(TestKey(RSA_2048, 2), "CA of a new generation");
  EXPECT_EQ(terminal.SendSecure("00A4020C02000B"), "9000");
  Write(terminal, ca);
  EXPECT_EQ(terminal.SendSecure("00440000"), "9000");
  EXPECT_EQ(terminal.Send("00B0880000"), "008F009000");
  EXPECT_EQ(HexOf(terminal.image().auth().current().ca_certificate()), ToHex(ca));
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.Send("802A0097013100"),
            ToHex(*TestKey(RSA_2048, 0).Sign(Bytes{0x31})) + "9000");
}

TEST(Activate, OnlyAWholeCertificateOfThePendingKey) {
  Terminal terminal = Open(IssuedImage());
  EXPECT_EQ(terminal.SendSecure("00440000"), "6986");
  EXPECT_EQ(terminal.SendSecure("00A4020C02000A"), "9000");
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // nothing pending
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // a key alone
  Write(terminal, SelfSigned(TestKey(RSA_2048, 3), "another key's"));
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");
  Bytes certificate = SelfSigned(TestKey(RSA_2048, 0), "renewed");
  certificate.pop_back();
  Write(terminal, certificate);
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // one octet short
  Write(terminal, SelfSigned(TestKey(RSA_2048, 0), "renewed"));
  EXPECT_EQ(terminal.SendSecure("00A4020C02000B"), "9000");
  Write(terminal, FromHex("3082").value());
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // the CA's certificate is not whole
  Write(terminal, SelfSigned(TestKey(RSA_2048, 2), "CA"));
  EXPECT_EQ(terminal.SendSecure("00440000"), "9000");
}

TEST(Activate, Strictly) {
  Terminal terminal = Open(IssuedImage());
  WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure("00440100"), "6A86");
  EXPECT_EQ(terminal.SendSecure("0044000002000A"), "6700");
  for (const char* file : {"0006", "0018"}) {
    EXPECT_EQ(terminal.SendSecure(absl::StrCat("00A4020C02", file)), "9000");
    EXPECT_EQ(terminal.SendSecure("00440000"), "6981") << file;
  }
  EXPECT_EQ(terminal.SendSecure("00A4020C020001"), "9000");
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // the kind of the selected file counts
  EXPECT_EQ(terminal.SendSecure("00A4020C020017"), "9000");
  EXPECT_EQ(terminal.SendSecure("00440000"), "9000");  // by its key file as well
}

TEST(Deactivate, DropsWhatIsPendingAndNothingElse) {
  Terminal terminal = Open(IssuedImage());
  const std::string before = terminal.image().auth().current().SerializeAsString();
  WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure("00040000"), "9000");
  EXPECT_EQ(terminal.SendSecure(kPending), kNothingPending);
  EXPECT_EQ(terminal.image().auth().current().SerializeAsString(), before);
  EXPECT_EQ(terminal.SendSecure("00040000"), "9000");  // may be said again
  EXPECT_EQ(terminal.SendSecure("00A4020C02001B"), "9000");
  EXPECT_EQ(terminal.SendSecure("00040000"), "6981");
}

TEST(GetData, WhatIsPending) {
  Terminal terminal = Open(IssuedImage());
  EXPECT_EQ(terminal.SendSecure(kPending), kNothingPending);
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  const std::string auth_key = Sha256(*TestKey(RSA_2048, 0).PublicKeyInfo());
  EXPECT_EQ(terminal.SendSecure(kPending),
            "DF2032A0288301178001018120" + auth_key + "A00683011A8001009000");
  EXPECT_EQ(terminal.SendSecure(kMakeSignatureKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00A4020C020001"), "9000");
  Write(terminal, SelfSigned(TestKey(RSA_2048, 1), "renewed"));
  EXPECT_EQ(terminal.SendSecure(kPending),
            "DF2054A0288301178001018120" + auth_key + "A02883011A8001028120" +
                Sha256(*TestKey(RSA_2048, 1).PublicKeyInfo()) + "9000");
}

TEST(GetData, TheHolder) {
  Terminal terminal = Open(IssuedImage());
  const std::string record = terminal.SendSecure("00CAFF2000");
  terminal.Select(kSelectTextInput);
  terminal.VerifyPin("0011", kTestTextInputPin);
  EXPECT_EQ(terminal.Send("00B0820000"), record);
  EXPECT_EQ(record.substr(0, 6), "FF2054");
}

TEST(GetData, Strictly) {
  Terminal terminal = Open(IssuedImage());
  EXPECT_EQ(terminal.SendSecure("00CA006600"), "6A88");
  EXPECT_EQ(terminal.SendSecure("00CADF20010000"), "6700");
}

TEST(ResetRetryCounter, SetsThePinAndItsTries) {
  CardImage image = IssuedImage();
  image.mutable_auth_pin()->set_tries_left(0);
  Terminal terminal = Open(std::move(image));
  EXPECT_EQ(terminal.SendSecure("00A4020C020018"), "9000");
  EXPECT_EQ(terminal.SendSecure("002C02800437373737"), "9000");
  terminal.Script({{"00200080", "63C3"}, {"002000800437373737", "9000"}});
}

TEST(ResetRetryCounter, SetsAPinForTheFirstTime) {
  CardOrder order = TestOrder();
  order.signature_pin = Secret();
  Terminal terminal = Open(MakeCardImage(order).value());
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
  Terminal terminal = Open(IssuedImage());
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
