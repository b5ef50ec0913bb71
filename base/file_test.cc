#include "base/file.h"

#include <sys/stat.h>

#include <filesystem>

#include <gtest/gtest.h>

namespace jpkid {
namespace {

std::string TempPath(const char* name) { return testing::TempDir() + "/" + name; }

TEST(File, ReplaceThenRead) {
  const std::string path = TempPath("replace");
  ASSERT_TRUE(ReplaceFile(path, AsBytes("one"), 0600).ok());
  ASSERT_TRUE(ReplaceFile(path, AsBytes("two"), 0600).ok());
  EXPECT_EQ(AsText(ReadFile(path, 10).value()), "two");
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(File, ReadIsBoundedAndTellsWhatIsMissing) {
  const std::string path = TempPath("bounded");
  ASSERT_TRUE(ReplaceFile(path, AsBytes("0123456789"), 0600).ok());
  EXPECT_EQ(ReadFile(path, 9).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(ReadFile(path, 10).ok());
  EXPECT_EQ(ReadFile(TempPath("none"), 1).status().code(), absl::StatusCode::kNotFound);
}

TEST(File, AFailedReplaceLeavesNothingBehind) {
  const std::string directory = TempPath("target-is-a-directory");
  std::filesystem::create_directories(directory + "/child");
  EXPECT_FALSE(ReplaceFile(directory, AsBytes("x"), 0600).ok());
  for (const auto& entry : std::filesystem::directory_iterator(testing::TempDir())) {
    EXPECT_EQ(entry.path().string().find(".new"), std::string::npos) << entry.path();
  }
}

TEST(File, PrivateDirectory) {
  const std::string path = TempPath("private");
  ASSERT_TRUE(MakePrivateDirectory(path).ok());
  ASSERT_TRUE(MakePrivateDirectory(path).ok());
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_TRUE(ReplaceFile(path + "/file", {}, 0600).ok());
  EXPECT_FALSE(MakePrivateDirectory(path + "/file").ok());
}

}  // namespace
}  // namespace jpkid
