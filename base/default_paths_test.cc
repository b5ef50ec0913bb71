#include "base/default_paths.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace jpkid {
namespace {

// The variables as the test wants them, until it ends.
class DefaultPathsTest : public testing::Test {
 protected:
  void SetUp() override {
    Keep("HOME", home_);
    Keep("XDG_STATE_HOME", state_);
  }
  void TearDown() override {
    setenv("HOME", home_.c_str(), 1);
    setenv("XDG_STATE_HOME", state_.c_str(), 1);
  }

 private:
  static void Keep(const char* name, std::string& value) {
    if (const char* found = std::getenv(name)) value = found;
    unsetenv(name);
  }

  std::string home_;
  std::string state_;
};

TEST_F(DefaultPathsTest, TheStateDirectoryOfTheUser) {
  setenv("HOME", "/users/clerk", 1);
  EXPECT_EQ(DefaultDataDirectory(), "/users/clerk/.local/state/jpkid");
  EXPECT_EQ(DefaultSocketPath(), "/users/clerk/.local/state/jpkid/jpkid.sock");
  setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(DefaultDataDirectory(), "/state/jpkid");
  EXPECT_EQ(DefaultSocketPath(), "/state/jpkid/jpkid.sock");
}

TEST_F(DefaultPathsTest, ARelativePathDoesNotCount) {
  setenv("HOME", "/users/clerk", 1);
  setenv("XDG_STATE_HOME", "state", 1);
  EXPECT_EQ(DefaultDataDirectory(), "/users/clerk/.local/state/jpkid");
}

TEST_F(DefaultPathsTest, WithoutHomeTheUserDatabaseKnowsIt) {
  const passwd* entry = getpwuid(geteuid());
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(DefaultDataDirectory(), std::string(entry->pw_dir) + "/.local/state/jpkid");
}

}  // namespace
}  // namespace jpkid
