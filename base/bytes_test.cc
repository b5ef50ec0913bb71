#include "base/bytes.h"

#include <gtest/gtest.h>

namespace jpkid {
namespace {

TEST(Bytes, HexRoundTrip) {
  const Bytes aid = {0xD3, 0x92, 0xF0, 0x00, 0x26};
  EXPECT_EQ(ToHex(aid), "D392F00026");
  EXPECT_EQ(FromHex("D392F00026").value(), aid);
  EXPECT_EQ(FromHex("d3 92 f0 00 26").value(), aid);
  EXPECT_TRUE(FromHex("").value().empty());
}

TEST(Bytes, HexRefusesWhatIsNotHex) {
  EXPECT_FALSE(FromHex("D").ok());
  EXPECT_FALSE(FromHex("D39").ok());
  EXPECT_FALSE(FromHex("GG").ok());
  EXPECT_FALSE(FromHex("D 3").ok());
}

TEST(Bytes, TextAndBytesAreTheSameOctets) {
  EXPECT_EQ(AsText(AsBytes("JPKI")), "JPKI");
  Bytes bytes = ToBytes(AsBytes("JP"));
  Append(bytes, AsBytes("KI"));
  EXPECT_EQ(AsText(bytes), "JPKI");
}

}  // namespace
}  // namespace jpkid
