#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

class BackupTest : public JpkictlTest {
 protected:
  void TearDown() override {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) unlink((store_ + suffix).c_str());
  }
  // A database with this beside it.
  void InUse(const std::string& companion) {
    TearDown();
    std::ofstream(store_) << "store";
    std::ofstream(store_ + companion) << "changes";
  }
  // What is said of a backup to `path`; the daemon is not asked, or its banner would be there.
  void ExpectRefused(const std::string& path, const std::string& other) {
    const Ran ran = Run({"backup", path});
    EXPECT_EQ(ran.code, ExitCode::kUsage);
    EXPECT_EQ(ran.err, "jpkictl: " + path + " belongs to a database in use, perhaps the store " +
                           "itself (" + other + " is there): name another file.\n");
    EXPECT_EQ(ran.out, "");
  }

  const std::string store_ =
      (std::filesystem::canonical(testing::TempDir()) / ("backup-" + std::to_string(getpid())))
          .string();
};

TEST_F(BackupTest, TheRunningStoreIsNotReplacedByItsCopy) {
  for (const char* companion : {"-wal", "-shm", "-journal"}) {
    InUse(companion);
    ExpectRefused(store_, store_ + companion);
    ExpectRefused(store_ + companion, store_);
    EXPECT_EQ(Content(store_ + companion), "changes");
    EXPECT_EQ(Content(store_), "store");
  }
}

TEST_F(BackupTest, NorByAnotherName) {
  InUse("-wal");
  const std::string link = Path("link");
  ASSERT_EQ(symlink(store_.c_str(), link.c_str()), 0);
  ExpectRefused(link, store_ + "-wal");
  unlink(link.c_str());
  EXPECT_EQ(Content(store_), "store");
}

TEST_F(BackupTest, WhatIsLeftBesideAFileOfLongAgoIsNotMixedWithTheCopy) {
  InUse("-wal");
  unlink(store_.c_str());
  ExpectRefused(store_, store_ + "-wal");
}

TEST_F(BackupTest, AnEarlierCopyMayBeReplaced) {
  std::ofstream(store_) << "copy";
  const Ran ran = Run({"backup", store_});
  EXPECT_EQ(ran.code, ExitCode::kRefused) << "this daemon makes none: " << ran.err;
  EXPECT_EQ(ran.err.find("database in use"), std::string::npos) << ran.err;
  EXPECT_EQ(Content(store_), "copy");
}

}  // namespace
}  // namespace jpkid::cli
