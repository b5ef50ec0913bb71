#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gtest/gtest.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

std::string Data(absl::string_view answer) {
  EXPECT_EQ(answer.substr(answer.size() - 4), "9000");
  return std::string(answer.substr(0, answer.size() - 4));
}

std::string HexOf(const std::string& octets) { return ToHex(AsBytes(octets)); }

// The selected file, block by block as OpenSC reads it.
std::string ReadAll(Terminal& terminal) {
  std::string whole;
  for (int offset = 0; offset < 4096; offset += 256) {
    const std::string answer = terminal.Send(absl::StrFormat("00B0%04X00", offset));
    if (answer == "6B00") break;
    whole += Data(answer);
  }
  return whole;
}

TEST(ReadBinary, TokenInformation) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send("00A4020C020006"), "9000");
  const std::string blanks21 = "202020202020202020202020202020202020202020";
  EXPECT_EQ(terminal.Send("00B0000020"), "4A504B4953494D43415244" + blanks21 + "9000");
  const std::string whole = Data(terminal.Send("00B0000000"));
  EXPECT_EQ(whole.size(), 2 * 160u);
  EXPECT_EQ(whole.substr(2 * 80, 2 * 16), HexOf("012345678901234 "));  // serialNumber
  EXPECT_EQ(whole.substr(2 * 96, 8), "0C040000");                      // flags
}

TEST(ReadBinary, WhichCertificatesArePresent) {
  const auto presence = [](CardImage image) {
    Terminal terminal(std::move(image));
    terminal.Select(kSelectJpki);
    return terminal.Send("00B0880000");
  };
  EXPECT_EQ(presence(IssuedImage()), "8F8F009000");
  EXPECT_EQ(presence(MakeCardImage(TestOrder()).value()), "0000009000");
  CardImage auth_only = IssuedImage();
  auth_only.mutable_signature()->clear_current();
  EXPECT_EQ(presence(auth_only), "008F009000");
  CardImage signature_only = IssuedImage();
  signature_only.mutable_auth()->clear_current();
  EXPECT_EQ(presence(signature_only), "8F00009000");
}

TEST(ReadBinary, CertificatesWithoutPin) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00A4020C02000A", "9000"}});
  EXPECT_EQ(ReadAll(terminal), HexOf(terminal.image().auth().current().certificate()));
  terminal.Script({{"00A4020C02000B", "9000"}});
  EXPECT_EQ(ReadAll(terminal), HexOf(terminal.image().auth().current().ca_certificate()));
  terminal.Script({{"00A4020C020002", "9000"}});
  EXPECT_EQ(ReadAll(terminal), HexOf(terminal.image().signature().current().ca_certificate()));
}

TEST(ReadBinary, TheSignatureCertificateNeedsItsPin) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00A4020C020001", "9000"}, {"00B0000004", "6982"}, {"00B07FFF04", "6982"}});
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.Script({{"00B0810004", "6982"}});  // the other PIN does not help
  terminal.VerifyPin("001B", kTestSignaturePin);
  terminal.Script({{"00A4020C020001", "9000"}});
  EXPECT_EQ(ReadAll(terminal), HexOf(terminal.image().signature().current().certificate()));
}

TEST(ReadBinary, ShortReadAtTheEndAndNothingBehindIt) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00A4020C020008", "9000"},
                   {"00B0000002", "8F8F9000"},
                   {"00B0000100", "8F009000"},
                   {"00B0000210", "009000"},
                   {"00B0000301", "6B00"},
                   {"00B07FFF00", "6B00"}});
}

TEST(ReadBinary, AnAbsentCertificateIsAnEmptyFile) {
  Terminal terminal(MakeCardImage(TestOrder()).value());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00A4020C02000A", "9000"}, {"00B0000004", "6B00"}});
}

TEST(ReadBinary, ByShortIdentifier) {
  Terminal terminal(IssuedImage());
  EXPECT_EQ(terminal.Send("00B0860020"), "6A82");  // no application selected
  terminal.Select(kSelectJpki);
  EXPECT_EQ(Data(terminal.Send("00B08A0000")),
            HexOf(terminal.image().auth().current().certificate()).substr(0, 512));
  EXPECT_EQ(terminal.card().selected_file(), 0x000A);  // and it is selected now
  terminal.Script({{"00B0860404", "53494D439000"},
                   {"00B0830000", "6A82"},    // no such file
                   {"00B0800000", "6A82"},    // no identifier
                   {"00B09F0000", "6A82"},    // 31 is none
                   {"00B0A60000", "6A86"}});  // bits that mean nothing
}

TEST(ReadBinary, ExtendedLengthReadsACertificateAtOnce) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00A4020C02000A", "9000"}});
  const std::string certificate = HexOf(terminal.image().auth().current().certificate());
  EXPECT_EQ(Data(terminal.Send("00B00000000000")), certificate);
  EXPECT_EQ(Data(terminal.Send("00B00000000200")), certificate.substr(0, 1024));
  EXPECT_EQ(Data(terminal.Send("00B00001000010")), certificate.substr(2, 32));
}

TEST(ReadBinary, ExtendedLengthCanBeAbsent) {
  CardImage image = IssuedImage();
  image.mutable_switches()->set_extended_length(false);
  Terminal terminal(std::move(image));
  terminal.Select(kSelectJpki);
  terminal.Script({{"00B08A0000"
                    "0000",
                    "6700"},
                   {"00B00000000010", "6700"}});
}

TEST(ReadBinary, Strictly) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({{"00B0000004", "6986"},  // nothing selected
                   {"00A4020C020017", "9000"},
                   {"00B0000004", "6981"},  // a key
                   {"00A4020C020018", "9000"},
                   {"00B0000004", "6981"},  // a PIN
                   {"00A4020C020006", "9000"},
                   {"00B00000", "6700"},      // no Le
                   {"00B000000100", "6700"},  // data
                   {"00B2010400", "6981"},    // no records in it
                   {"80B0000004", "6E00"}});
}

TEST(ReadRecord, TheCardsIdentity) {
  const std::string record =
      "011C" + HexOf("012345678901234") + HexOf("28219") + HexOf("20330217") + "9000";
  Terminal terminal(IssuedImage());
  terminal.Select("00A4040C0AD3921000310001010100");
  EXPECT_EQ(terminal.Send("00A4020C020001"), "9000");
  EXPECT_EQ(terminal.Send("00B2010400"), record);
  EXPECT_EQ(terminal.Send("00B201041E"), record);
  EXPECT_EQ(terminal.Send("00B2010C00"), record);  // by short identifier
}

TEST(ReadRecord, Strictly) {
  Terminal terminal(IssuedImage());
  terminal.Select("00A4040C0AD3921000310001010100");
  terminal.Script({{"00B2010400", "6986"},
                   {"00A4020C020001", "9000"},
                   {"00B2010410", "6C1E"},
                   {"00B20104FF", "6C1E"},
                   {"00B2020400", "6A83"},
                   {"00B2000400", "6A83"},
                   {"00B2010000", "6A86"},
                   {"00B2011400", "6A82"},
                   {"00B20104", "6700"},
                   {"00B0000000", "6981"}});
}

TEST(TextInput, NeedsItsPin) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectTextInput);
  terminal.Script({{"00A4020C020001", "9000"},
                   {"00B0000000", "6982"},
                   {"00A4020C020002", "9000"},
                   {"00B0000000", "6982"}});
  terminal.VerifyPin("0011", kTestTextInputPin);
  terminal.Script({{"00B0810000", "FF100C3030303030303030303030309000"}});
}

TEST(TextInput, TheFourAttributes) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectTextInput);
  terminal.VerifyPin("0011", kTestTextInputPin);
  const std::string name = HexOf("三田 花子");                       // 13 octets
  const std::string address = HexOf("兵庫県三田市三輪2丁目1番1号");  // 39 octets
  EXPECT_EQ(terminal.Send("00B0820000"),
            "FF2054"
            "DF2108"
            "000E"
            "001E"
            "0048"
            "0053"
            "DF220D" +
                name + "DF2327" + address + "DF2408" + HexOf("19800217") +
                "DF250132"
                "9000");
}

}  // namespace
}  // namespace jpkid::hal::sim
