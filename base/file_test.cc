#include "base/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

namespace jpkid {
namespace {

std::string TempPath(const char* name) {
  return testing::TempDir() + "/file-test." + std::to_string(getpid()) + "." + name;
}

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
  const std::string place = TempPath("failed-replace");
  std::filesystem::create_directories(place + "/target-is-a-directory/child");
  EXPECT_FALSE(ReplaceFile(place + "/target-is-a-directory", AsBytes("x"), 0600).ok());
  const std::filesystem::directory_iterator left(place);
  EXPECT_EQ(std::distance(begin(left), end(left)), 1);
  std::filesystem::remove_all(place);
}

TEST(File, ALockIsOneHoldersUntilItIsLetGo) {
  const std::string path = TempPath("locked");
  std::filesystem::remove(path);
  EXPECT_TRUE(absl::IsNotFound(LockFile(path).status()));
  ASSERT_TRUE(ReplaceFile(path, AsBytes("one"), 0600).ok());
  const absl::Status taken = absl::UnavailableError("another program uses " + path);
  {
    const UniqueFd lock = LockFile(path).value();
    EXPECT_EQ(LockFile(path).status(), taken);
    EXPECT_EQ(AsText(ReadFile(path, 10).value()), "one");
  }
  EXPECT_TRUE(LockFile(path).ok());
}

TEST(File, AFileForItsLockAloneIsMade) {
  const std::string path = TempPath("lock");
  std::filesystem::remove(path);
  EXPECT_TRUE(absl::IsNotFound(MakeLock(path + "/none").status()));
  for (int i = 0; i < 2; ++i) {
    const UniqueFd lock = MakeLock(path).value();
    EXPECT_EQ(MakeLock(path).status(), absl::UnavailableError("another program uses " + path));
    struct stat info = {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
  std::filesystem::remove(path);
}

TEST(File, ALockGoesOverToTheNewFile) {
  const std::string path = TempPath("locked-replaced");
  ASSERT_TRUE(ReplaceFile(path, AsBytes("one"), 0600).ok());
  UniqueFd lock = LockFile(path).value();
  lock = ReplaceLockedFile(path, AsBytes("two"), 0600).value();
  EXPECT_EQ(AsText(ReadFile(path, 10).value()), "two");
  EXPECT_EQ(LockFile(path).status(), absl::UnavailableError("another program uses " + path));
  lock = UniqueFd();
  EXPECT_TRUE(LockFile(path).ok());
}

unsigned ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST(File, PrivateDirectory) {
  const std::string path = TempPath("private");
  std::filesystem::remove_all(path);
  ASSERT_TRUE(MakePrivateDirectory(path).ok());
  ASSERT_TRUE(MakePrivateDirectory(path).ok());
  EXPECT_EQ(ModeOf(path), 0700u);
  ASSERT_TRUE(ReplaceFile(path + "/file", {}, 0600).ok());
  EXPECT_EQ(MakePrivateDirectory(path + "/file").message(), path + "/file is not a directory");
  EXPECT_EQ(MakePrivateDirectory(path + "/file/below").code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(MakePrivateDirectory("").ok());
  EXPECT_TRUE(absl::IsNotFound(MakePrivateDirectory("/proc/none")));
}

TEST(File, APrivateDirectoryInANewHome) {
  const std::string home = TempPath("new-home");
  std::filesystem::remove_all(home);
  std::filesystem::create_directory(home);
  std::filesystem::permissions(home, std::filesystem::perms(0755));
  ASSERT_TRUE(MakePrivateDirectory(home + "/.local/state/jpkid/").ok());
  EXPECT_EQ(ModeOf(home), 0755u);
  EXPECT_EQ(ModeOf(home + "/.local"), 0700u);
  EXPECT_EQ(ModeOf(home + "/.local/state"), 0700u);
  EXPECT_EQ(ModeOf(home + "/.local/state/jpkid"), 0700u);
}

TEST(File, APrivateDirectoryIsNobodyElses) {
  const std::string path = TempPath("open-to-others");
  std::filesystem::remove_all(path);
  std::filesystem::create_directory(path);
  for (const unsigned mode : {0720u, 0702u, 0777u}) {
    std::filesystem::permissions(path, std::filesystem::perms(mode));
    EXPECT_EQ(MakePrivateDirectory(path),
              absl::FailedPreconditionError(
                  path + " can be written by others, but keys are kept in it: chmod go-w it first"))
        << mode;
  }
  std::filesystem::permissions(path, std::filesystem::perms(0755));
  EXPECT_TRUE(MakePrivateDirectory(path).ok());
  // Root gives the directory away; anybody else meets root's.
  const bool root = geteuid() == 0;
  if (root) {
    ASSERT_EQ(chown(path.c_str(), 65534, 65534), 0);
  }
  const std::string strange = root ? path : "/";
  EXPECT_EQ(MakePrivateDirectory(strange), absl::FailedPreconditionError(absl::StrCat(
                                               strange, " belongs to uid ", root ? 65534 : 0,
                                               ", but keys are kept in it: give it to uid ",
                                               geteuid(), " or name another directory")));
}

}  // namespace
}  // namespace jpkid
