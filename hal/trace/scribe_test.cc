#include "hal/trace/scribe.h"

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

namespace jpkid::hal::trace {
namespace {

constexpr char kSelectJpki[] = "00A4040C0AD392F000260100000001";
constexpr char kSelectCommon[] = "00A4040C0AD3921000310001010100";
constexpr char kSelectTextInput[] = "00A4040C0AD3921000310001010408";

class Described : public testing::Test {
 protected:
  std::string Of(absl::string_view command, absl::string_view answer) {
    return scribe_.Describe(*FromHex(command), ANSWERED, *FromHex(answer)).ShortDebugString();
  }
  // Selects the application and, where it is given, the file.
  void Select(absl::string_view application, absl::string_view file = "") {
    Of(application, "9000");
    if (!file.empty()) Of(absl::StrCat("00A4020C02", file), "9000");
  }
  // What is told of an answer with these data.
  std::string ToldOf(absl::string_view command, absl::string_view data) {
    const Bytes answer = *FromHex(absl::StrCat(data, "9000"));
    const ApduRecord record = scribe_.Describe(*FromHex(command), ANSWERED, answer);
    EXPECT_EQ(record.answer_octets(), answer.size() - 2);
    return record.answer();
  }

  Scribe scribe_;
};

TEST_F(Described, Select) {
  EXPECT_EQ(Of("00A4020C020018", "9000"),
            "instruction: \"SELECT\" header: \"00A4020C\" data_octets: 2 data: \"0018\" "
            "sw: \"9000\"");
}

TEST_F(Described, ReadOfAPublicFile) {
  Select(kSelectJpki, "000A");
  EXPECT_EQ(Of("00B0010000", "AABB9000"),
            "instruction: \"READ BINARY\" header: \"00B00100\" offset: 256 le: 256 "
            "answer_octets: 2 sw: \"9000\" file: \"D392F000260100000001/000A\" answer: \"AABB\"");
}

TEST_F(Described, ReadOfAnUnknownFileTellsNoContent) {
  EXPECT_EQ(Of("00B0010000", "AABB9000"),
            "instruction: \"READ BINARY\" header: \"00B00100\" offset: 256 le: 256 "
            "answer_octets: 2 sw: \"9000\"");
}

TEST_F(Described, OfTheCertificateWithNameAndAddressTheLengthAlone) {
  Select(kSelectJpki);
  EXPECT_EQ(ToldOf("00B0810006", "308205B03082"), "308205B0");
  EXPECT_EQ(ToldOf("00B0000403", "308204"), "");
  EXPECT_EQ(ToldOf("00B0810003", "160C31"), "");  // No certificate: then it may be anything.
  EXPECT_EQ(ToldOf("00B0810003", "308205"), "308205");
}

TEST_F(Described, OfOtherApplicationsNothing) {
  Select(kSelectTextInput, "0001");
  EXPECT_EQ(ToldOf("00B000000E", "100C313233343536373839303132"), "");
  EXPECT_EQ(ToldOf("00B08A0002", "AABB"), "");
  EXPECT_EQ(ToldOf("00B2010C00", "AABB"), "");
  Select(kSelectCommon);
  EXPECT_EQ(ToldOf("00B2010C00", "01020304"), "01020304");
}

TEST_F(Described, ASelectionThatFailedIsNotBuiltOn) {
  Select(kSelectJpki, "000A");
  Of("00A4020C020011", "6A82");
  EXPECT_EQ(ToldOf("00B0000002", "AABB"), "");
  Select(kSelectJpki, "000A");
  Of("00A4000C023F00", "9000");  // Another way to select.
  EXPECT_EQ(ToldOf("00B08A0002", "AABB"), "");
  Select(kSelectJpki, "000A");
  Of("84A4020C0A0102030405060708090A00", "9000");
  EXPECT_EQ(ToldOf("00B0000002", "AABB"), "");
}

TEST_F(Described, PowerUpEndsTheSelection) {
  Select(kSelectJpki, "000A");
  EXPECT_EQ(scribe_.PowerUp(*FromHex("3BE0")).ShortDebugString(),
            "instruction: \"POWER UP\" atr: \"3BE0\"");
  EXPECT_EQ(ToldOf("00B0000002", "AABB"), "");
}

TEST_F(Described, GetResponseTellsWhatItsCommandWouldHave) {
  Select(kSelectJpki);
  Of("00B08A0000", "6102");
  EXPECT_EQ(ToldOf("00C0000002", "AABB"), "AABB");
  Of("00CA010100", "6102");
  EXPECT_EQ(ToldOf("00C0000002", "AABB"), "");
}

TEST_F(Described, ASignatureAndWhatWasSigned) {
  EXPECT_EQ(Of("802A00970411223344"
               "00",
               "AABB9000"),
            "instruction: \"PERFORM SECURITY OPERATION\" header: \"802A0097\" data_octets: 4 "
            "data: \"11223344\" le: 256 answer_octets: 2 sw: \"9000\" answer: \"AABB\"");
  EXPECT_EQ(ToldOf("002A80860411223344"
                   "00",
                   "AABB"),
            "");  // DECIPHER.
}

TEST_F(Described, PinsAreNotWrittenDown) {
  for (const char* instruction : {"20", "24", "2C"}) {
    const ApduRecord record = scribe_.Describe(
        *FromHex(absl::StrCat("00", instruction, "00800431323334")), ANSWERED, *FromHex("63C2"));
    EXPECT_EQ(record.data_octets(), 4U);
    EXPECT_EQ(record.ShortDebugString().find("31323334"), std::string::npos);
  }
}

TEST_F(Described, NothingOfASecureChannelIsWrittenDown) {
  EXPECT_EQ(Of("84A4020C0A0102030405060708090A00", "1112131415161718199000"),
            "instruction: \"SELECT\" header: \"84A4020C\" data_octets: 10 le: 256 "
            "secure_messaging: true answer_octets: 9 sw: \"9000\"");
  EXPECT_EQ(ToldOf("00C0000002", "AABB"), "");
}

TEST_F(Described, NoAnswer) {
  EXPECT_EQ(scribe_.Describe(*FromHex("00440000"), CARD_GONE, {}).ShortDebugString(),
            "instruction: \"ACTIVATE FILE\" header: \"00440000\" end: CARD_GONE");
}

TEST_F(Described, WhatIsNoCommand) {
  EXPECT_EQ(Of("00", "6700"), "instruction: \"not a command APDU\" data_octets: 1 sw: \"6700\"");
}

}  // namespace
}  // namespace jpkid::hal::trace
