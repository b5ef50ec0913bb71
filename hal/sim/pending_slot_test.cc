#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gtest/gtest.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

std::string HexOf(const std::string& octets) { return ToHex(AsBytes(octets)); }

TEST(UpdateBinary, IntoThePendingFilesAlone) {
  Terminal terminal = WithChannel(IssuedImage());
  const std::string current = HexOf(terminal.image().auth().current().certificate());
  const Bytes certificate = WritePendingAuth(terminal);
  EXPECT_EQ(HexOf(terminal.image().auth().pending().certificate()), ToHex(certificate));
  EXPECT_EQ(HexOf(terminal.image().auth().current().certificate()), current);
  // What is read in the channel is the pending file, what is read in the clear the current one.
  EXPECT_EQ(terminal.SendSecure("00B000000A"), ToHex(ByteView(certificate).first(10)) + "9000");
  EXPECT_EQ(terminal.Send("00B000000A"), current.substr(0, 20) + "9000");
}

TEST(UpdateBinary, ThePendingSignatureCertificateIsReadWithoutPin) {
  Terminal terminal = WithChannel(IssuedImage());
  EXPECT_EQ(terminal.SendSecure(kMakeSignatureKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00A4020C020001"), "9000");
  EXPECT_EQ(terminal.SendSecure("00B0000000"), "6B00");
  EXPECT_EQ(terminal.SendSecure("00D6000003AABBCC"), "9000");
  EXPECT_EQ(terminal.SendSecure("00B0000000"), "AABBCC9000");
  EXPECT_EQ(terminal.SendSecure("00B0010000"), "6B00");
  EXPECT_EQ(terminal.Send("00B0000000"), "6982");
}

TEST(UpdateBinary, TheFileEndsWhereTheLastWriteEnded) {
  Terminal terminal = WithChannel(IssuedImage());
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
  Terminal terminal = WithChannel(IssuedImage());
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
  Terminal terminal = WithChannel(IssuedImage());
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00A4020C02000A"), "9000");
  terminal.Write(Bytes(8192, 0x30));
  EXPECT_EQ(terminal.SendSecure("00D620000101"), "6A84");
  EXPECT_EQ(terminal.image().auth().pending().certificate().size(), 8192u);
}

TEST(Activate, PendingBecomesCurrentInOneStep) {
  Terminal terminal = WithChannel(IssuedImage());
  const std::string old_ca = HexOf(terminal.image().auth().current().ca_certificate());
  const Bytes certificate = WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure("00440000"), "9000");
  EXPECT_EQ(terminal.SendSecure(kGetPending), kNothingPending);
  EXPECT_EQ(HexOf(terminal.image().auth().current().certificate()), ToHex(certificate));
  EXPECT_EQ(HexOf(terminal.image().auth().current().ca_certificate()), old_ca);
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // once only
}

TEST(Activate, OnABlankCard) {
  Terminal terminal = WithChannel(MakeCardImage(TestOrder()).value());
  EXPECT_EQ(terminal.SendSecure("00B0880000"), "0000009000");
  const Bytes certificate = WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure("00B0880000"), "0000009000");  // EF 0008 follows ACTIVATE only
  const Bytes ca = SelfSigned(TestKey(RSA_2048, 2), "CA of a new generation");
  EXPECT_EQ(terminal.SendSecure("00A4020C02000B"), "9000");
  terminal.Write(ca);
  EXPECT_EQ(terminal.SendSecure("00440000"), "9000");
  EXPECT_EQ(terminal.Send("00B0880000"), "008F009000");
  EXPECT_EQ(HexOf(terminal.image().auth().current().ca_certificate()), ToHex(ca));
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.Send("802A0097013100"),
            ToHex(*TestKey(RSA_2048, 0).Sign(Bytes{0x31})) + "9000");
}

TEST(Activate, OnlyAWholeCertificateOfThePendingKey) {
  Terminal terminal = WithChannel(IssuedImage());
  EXPECT_EQ(terminal.SendSecure("00440000"), "6986");
  EXPECT_EQ(terminal.SendSecure("00A4020C02000A"), "9000");
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // nothing pending
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey).size(), 2 * (270 + 2u));
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // a key alone
  terminal.Write(SelfSigned(TestKey(RSA_2048, 3), "another key's"));
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");
  Bytes certificate = SelfSigned(TestKey(RSA_2048, 0), "renewed");
  certificate.pop_back();
  terminal.Write(certificate);
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // one octet short
  terminal.Write(SelfSigned(TestKey(RSA_2048, 0), "renewed"));
  EXPECT_EQ(terminal.SendSecure("00A4020C02000B"), "9000");
  terminal.Write(FromHex("3082").value());
  EXPECT_EQ(terminal.SendSecure("00440000"), "6985");  // the CA's certificate is not whole
  terminal.Write(SelfSigned(TestKey(RSA_2048, 2), "CA"));
  EXPECT_EQ(terminal.SendSecure("00440000"), "9000");
}

TEST(Activate, Strictly) {
  Terminal terminal = WithChannel(IssuedImage());
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
  Terminal terminal = WithChannel(IssuedImage());
  const std::string before = terminal.image().auth().current().SerializeAsString();
  WritePendingAuth(terminal);
  EXPECT_EQ(terminal.SendSecure("00040000"), "9000");
  EXPECT_EQ(terminal.SendSecure(kGetPending), kNothingPending);
  EXPECT_EQ(terminal.image().auth().current().SerializeAsString(), before);
  EXPECT_EQ(terminal.SendSecure("00040000"), "9000");  // may be said again
  EXPECT_EQ(terminal.SendSecure("00A4020C02001B"), "9000");
  EXPECT_EQ(terminal.SendSecure("00040000"), "6981");
}

}  // namespace
}  // namespace jpkid::hal::sim
