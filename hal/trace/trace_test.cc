#include "hal/trace/trace.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

namespace jpkid::hal::trace {
namespace {

ApduRecord Of(absl::string_view command, absl::string_view answer) {
  return Describe(*FromHex(command), ANSWERED, *FromHex(answer));
}

TEST(DescribeTest, Select) {
  EXPECT_EQ(Of("00A4020C020018", "9000").ShortDebugString(),
            "instruction: \"SELECT\" header: \"00A4020C\" data_octets: 2 data: \"0018\" "
            "sw: \"9000\"");
}

TEST(DescribeTest, ReadTellsOffsetAndLengthButNoContent) {
  EXPECT_EQ(Of("00B0010000", "AABB9000").ShortDebugString(),
            "instruction: \"READ BINARY\" header: \"00B00100\" offset: 256 le: 256 "
            "answer_octets: 2 sw: \"9000\"");
}

TEST(DescribeTest, PinsAreNotWrittenDown) {
  for (const char* instruction : {"20", "24", "2C"}) {
    const ApduRecord record = Of(absl::StrCat("00", instruction, "00800431323334"), "63C2");
    EXPECT_EQ(record.data_octets(), 4U);
    EXPECT_EQ(record.ShortDebugString().find("31323334"), std::string::npos);
  }
}

TEST(DescribeTest, NothingOfASecureChannelIsWrittenDown) {
  const ApduRecord record = Of("84A4020C0A0102030405060708090A00", "1112131415161718199000");
  EXPECT_EQ(record.ShortDebugString(),
            "instruction: \"SELECT\" header: \"84A4020C\" data_octets: 10 le: 256 "
            "secure_messaging: true answer_octets: 9 sw: \"9000\"");
}

TEST(DescribeTest, NoAnswer) {
  const ApduRecord record = Describe(*FromHex("00440000"), CARD_GONE, {});
  EXPECT_EQ(record.ShortDebugString(),
            "instruction: \"ACTIVATE FILE\" header: \"00440000\" end: CARD_GONE");
}

TEST(DescribeTest, WhatIsNoCommand) {
  EXPECT_EQ(Of("00", "6700").ShortDebugString(),
            "instruction: \"not a command APDU\" data_octets: 1 sw: \"6700\"");
}

TEST(TraceTest, WritesOneLineEach) {
  const std::string path = testing::TempDir() + "/trace.jsonl";
  unlink(path.c_str());
  {
    const auto trace = Trace::Open(path);
    ASSERT_TRUE(trace.ok());
    ApduRecord record = Of("00200080", "63C3");
    record.set_model_ns(25'000'000);
    (*trace)->Write(record);
    (*trace)->Write(Of("00200080", "63C3"));
  }
  EXPECT_EQ(AsText(*ReadFile(path, 4096)),
            "{\"number\":\"1\",\"instruction\":\"VERIFY\",\"header\":\"00200080\",\"sw\":\"63C3\","
            "\"model_ns\":\"25000000\"}\n"
            "{\"number\":\"2\",\"instruction\":\"VERIFY\",\"header\":\"00200080\",\"sw\":\"63C3\"}"
            "\n");
}

}  // namespace
}  // namespace jpkid::hal::trace
