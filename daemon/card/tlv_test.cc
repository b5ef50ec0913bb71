#include "daemon/card/tlv.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jpkid::card {
namespace {

Bytes Octets(const std::string& hex) { return FromHex(hex).value(); }

std::string Written(ByteView data) {
  const std::optional<std::vector<DataObject>> objects = ReadDataObjects(data);
  if (!objects.has_value()) return "garbled";
  std::string text;
  for (const DataObject& object : *objects) {
    text += ToHex(Bytes{static_cast<std::uint8_t>(object.tag >> 8),
                        static_cast<std::uint8_t>(object.tag & 0xFF)}) +
            "=" + ToHex(object.value) + " ";
  }
  return text;
}

TEST(Tlv, ReadsAllForms) {
  EXPECT_EQ(Written({}), "");
  EXPECT_EQ(Written(Octets("8101AA 8200")), "0081=AA 0082= ");
  EXPECT_EQ(Written(Octets("7F4903 8101BB DF2000")), "7F49=8101BB DF20= ");
  EXPECT_EQ(Written(Octets("818102 AABB 82820001 CC")), "0081=AABB 0082=CC ");
  const Bytes value(300, 7);
  Bytes long_form = Octets("8182012C");
  Append(long_form, value);
  EXPECT_EQ(Unwrap(long_form, 0x81)->size(), 300u);
}

TEST(Tlv, RefusesWhatDoesNotFillTheData) {
  for (const char* garbled : {"81", "8102AA", "DF", "DF20", "DF8101 00", "8180", "8183000001AA",
                              "8182", "818201", "8101AABB", "7F"}) {
    EXPECT_EQ(Written(Octets(garbled)), "garbled") << garbled;
  }
}

TEST(Tlv, FindsByTag) {
  const Bytes data = Octets("8101AA 8201BB 8101CC");
  const auto objects = ReadDataObjects(data).value();
  EXPECT_EQ(ToHex(Find(objects, 0x81).value()), "AA");
  EXPECT_FALSE(Find(objects, 0x83).has_value());
  EXPECT_FALSE(Unwrap(data, 0x81).has_value()) << "more than one object";
  EXPECT_FALSE(Unwrap(Octets("8101AA"), 0x82).has_value());
}

TEST(Tlv, SizeOfSequence) {
  EXPECT_EQ(SizeOfSequence(Octets("30820123")), 0x127u);
  EXPECT_EQ(SizeOfSequence(Octets("3005 0102")), 7u);
  EXPECT_FALSE(SizeOfSequence(Octets("308301000000")).has_value());
  EXPECT_FALSE(SizeOfSequence(Octets("31820123")).has_value());
  EXPECT_FALSE(SizeOfSequence(Octets("30")).has_value());
  EXPECT_FALSE(SizeOfSequence({}).has_value());
}

}  // namespace
}  // namespace jpkid::card
