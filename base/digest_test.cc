#include "base/digest.h"

#include <gtest/gtest.h>

namespace jpkid {
namespace {

// FIPS 180-4, the examples published with it.
TEST(Digest, Sha256OfThePublishedMessages) {
  EXPECT_EQ(ToHex(Sha256(AsBytes("abc"))),
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
  EXPECT_EQ(ToHex(Sha256({})), "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855");
}

TEST(Digest, PartsThatJoinTheSameAreNotTheSame) {
  EXPECT_EQ(Sha256OfParts({"ab", "c"}), Sha256OfParts({"ab", "c"}));
  EXPECT_NE(Sha256OfParts({"ab", "c"}), Sha256OfParts({"a", "bc"}));
  EXPECT_NE(Sha256OfParts({"ab", "c"}), Sha256OfParts({"ab", "c", ""}));
}

}  // namespace
}  // namespace jpkid
