#include "base/log.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace jpkid {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;

// What standard error gets of `line`.
std::string Logged(absl::string_view line) {
  testing::internal::CaptureStderr();
  StartLogging();
  LogLine(LogLevel::kWarning, line);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, ALineHasItsTimeAndItsLevel) {
  EXPECT_THAT(Logged("words"), MatchesRegex("....-..-..T..:..:..\\....[+-]..:.. W words\n"));
}

TEST(Log, OnlyWhatIsNoTextIsEscaped) {
  EXPECT_THAT(Logged("the daemon's \"reader\" 市役所"),
              EndsWith(" W the daemon's \"reader\" 市役所\n"));
  EXPECT_THAT(Logged("one\ntwo\t\x1b[0m\x7f\\n"), EndsWith(R"( W one\ntwo\t\033[0m\177\\n)"
                                                           "\n"));
}

TEST(Log, AnInheritedVariableIsNotTheJournal) {
  ASSERT_EQ(setenv("JOURNAL_STREAM", "1:1", 1), 0);
  EXPECT_THAT(Logged("words"), EndsWith(" W words\n"));
  ASSERT_EQ(unsetenv("JOURNAL_STREAM"), 0);
}

TEST(Log, TheJournalIsKnownByDeviceAndInode) {
  const UniqueFd fd(open("/dev/null", O_WRONLY | O_CLOEXEC));
  struct stat info = {};
  ASSERT_EQ(fstat(fd.get(), &info), 0);
  const std::string device = absl::StrCat(info.st_dev);
  const std::string inode = absl::StrCat(info.st_ino);
  EXPECT_TRUE(log_internal::IsJournal(fd.get(), absl::StrCat(device, ":", inode)));
  EXPECT_FALSE(log_internal::IsJournal(fd.get(), absl::StrCat(device, ":", inode, "0")));
  EXPECT_FALSE(log_internal::IsJournal(fd.get(), absl::StrCat(device, "0:", inode)));
  EXPECT_FALSE(log_internal::IsJournal(fd.get(), ""));
  EXPECT_FALSE(log_internal::IsJournal(-1, absl::StrCat(device, ":", inode)));
}

}  // namespace
}  // namespace jpkid
