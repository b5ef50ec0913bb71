#include "daemon/config/users.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jpkid::config {
namespace {

TEST(Users, NamesAndNumbersOfThisMachine) {
  EXPECT_EQ(UidOf("root"), 0);
  EXPECT_EQ(UidOf("no-such-user"), std::nullopt);
}

TEST(Users, ThoseWhoseFirstGroupItIsAreMembersToo) {
  const auto members = UidsOf("root");
  ASSERT_TRUE(members.has_value());
  EXPECT_THAT(*members, ::testing::Contains(0));
  EXPECT_EQ(UidsOf("no-such-group"), std::nullopt);
}

}  // namespace
}  // namespace jpkid::config
