#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>

#include "base/clock.h"
#include "base/status.h"
#include "daemon/sql/sql.h"
#include "daemon/store/store.h"

namespace jpkid::store {
namespace {

using ::testing::HasSubstr;

class BackupTest : public testing::Test {
 protected:
  BackupTest()
      : directory_(testing::TempDir() + "/backup-" + std::to_string(getpid()) + "-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    store_ = Store::Open(options_, clock_).value();
  }
  ~BackupTest() override { std::filesystem::remove_all(directory_); }

  void Write(Store& store, const std::string& id) {
    OperationRecord record;
    record.set_id(id);
    record.set_creator("clerk");
    record.set_request_id(id);
    record.set_state(OperationRecord::RUNNING);
    ASSERT_EQ(store.Create(record, {}, ToBytes(AsBytes("holder of " + id))).status(),
              absl::OkStatus());
  }

  // A backup as jpkictl writes it.
  std::string BackUp() {
    const UniqueFd copy = store_->Snapshot().value();
    std::string path = directory_ + "/copy.db";
    std::filesystem::copy_file("/proc/self/fd/" + std::to_string(copy.get()), path,
                               std::filesystem::copy_options::overwrite_existing);
    return path;
  }

  std::vector<std::string> Ids() {
    std::vector<std::string> ids;
    const auto store = Store::Open(options_, clock_).value();
    const std::vector<Claimed> unfinished = store->ClaimUnfinished().value();
    for (const Claimed& one : unfinished) ids.push_back(one.record.id());
    return ids;
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  // That nothing came of it: the failure names `detail`, and the store is as it was.
  void ExpectRefused(const std::string& backup, Reason reason, const std::string& detail) {
    store_ = nullptr;
    const std::vector<std::string> files = Files();
    const absl::Status status = RestoreStore(options_, backup, clock_).status();
    EXPECT_TRUE(FailedFor(status, reason)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(detail));
    EXPECT_EQ(Files(), files);
    EXPECT_EQ(Ids(), std::vector<std::string>{"a"});
  }

  ManualClock clock_{absl::FromUnixSeconds(1'750'000'000)};
  const std::string directory_;
  Store::Options options_ = {.url = "sqlite:" + directory_ + "/jpkid.db",
                             .key_file = directory_ + "/holder.key",
                             .owner = "one"};
  std::unique_ptr<Store> store_;
};

TEST_F(BackupTest, IsTheStoreOfOneMoment) {
  Write(*store_, "a");
  const std::string backup = BackUp();
  Write(*store_, "b");
  store_ = nullptr;
  const std::string kept = RestoreStore(options_, backup, clock_).value();
  EXPECT_EQ(kept, directory_ + "/jpkid.db.before-20250615T150640.000000Z");
  EXPECT_EQ(Ids(), std::vector<std::string>{"a"});
  struct stat info = {};
  ASSERT_EQ(stat((directory_ + "/jpkid.db").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  // What is under way knows; the personal data open, and the store that was there is whole.
  EXPECT_TRUE(Store::Open(options_, clock_).value()->Get("a")->restored());
  store_ = Store::Open(options_, clock_).value();
  EXPECT_EQ(store_->GetPersonal("a", "holder").value(), ToBytes(AsBytes("holder of a")));
  store_ = nullptr;
  clock_.Advance(absl::Seconds(1));
  ASSERT_TRUE(RestoreStore(options_, kept, clock_).ok());
  EXPECT_EQ(Ids(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(BackupTest, LeavesNothingBehind) {
  Write(*store_, "a");
  const std::vector<std::string> files = Files();
  std::ofstream(directory_ + "/jpkid.db.backup") << "of a daemon that was killed";
  ASSERT_TRUE(store_->Snapshot().ok());
  EXPECT_EQ(Files(), files);
}

TEST_F(BackupTest, OthersGoOnMeanwhile) {
  std::thread writer([&] {
    for (int i = 0; i < 100; ++i) Write(*store_, "w" + std::to_string(i));
  });
  for (int i = 0; i < 5; ++i) {
    const UniqueFd copy = store_->Snapshot().value();
    EXPECT_GT(lseek(copy.get(), 0, SEEK_END), 0);
  }
  writer.join();
  const std::string backup = BackUp();
  store_ = nullptr;
  ASSERT_TRUE(RestoreStore(options_, backup, clock_).ok());
  EXPECT_EQ(Ids().size(), 100U);
}

TEST_F(BackupTest, WhereThereIsNoStoreOneIsMade) {
  Write(*store_, "a");
  const std::string backup = BackUp();
  store_ = nullptr;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(directory_ + "/jpkid.db" + suffix);
  }
  EXPECT_EQ(RestoreStore(options_, backup, clock_).value(), "");
  EXPECT_EQ(Ids(), std::vector<std::string>{"a"});
}

TEST_F(BackupTest, ABrokenStoreIsReplacedAndKept) {
  Write(*store_, "a");
  const std::string backup = BackUp();
  store_ = nullptr;
  std::ofstream(directory_ + "/jpkid.db") << "not a database any more";
  const std::string kept = RestoreStore(options_, backup, clock_).value();
  EXPECT_EQ(std::filesystem::file_size(kept), 23U);
  EXPECT_EQ(Ids(), std::vector<std::string>{"a"});
}

TEST_F(BackupTest, AFileThatIsNoBackupIsRefused) {
  Write(*store_, "a");
  ExpectRefused(directory_ + "/nowhere", Reason::kArgumentInvalid, "No such file");
  const std::string text = directory_ + "/text";
  std::ofstream(text) << std::string(5000, 'x');
  ExpectRefused(text, Reason::kArgumentInvalid, "is no backup of a store of jpkid, or a damaged");
  const std::string empty = directory_ + "/empty";
  std::ofstream(empty).flush();
  ExpectRefused(empty, Reason::kArgumentInvalid, "is no backup of a store");
}

TEST_F(BackupTest, ADamagedBackupIsRefused) {
  Write(*store_, "a");
  const std::string backup = BackUp();
  std::filesystem::resize_file(backup, std::filesystem::file_size(backup) - 8192);
  ExpectRefused(backup, Reason::kArgumentInvalid, "or a damaged one");
}

TEST_F(BackupTest, OfANewerVersionItIsRefused) {
  Write(*store_, "a");
  const std::string backup = BackUp();
  ASSERT_EQ(sql::Database::Open("sqlite:" + backup).value()->Write([](soci::session& session) {
    session << "INSERT INTO schema_version (version) VALUES (999)";
    return absl::OkStatus();
  }),
            absl::OkStatus());
  ExpectRefused(backup, Reason::kStoreTooNew, "999");
}

TEST_F(BackupTest, WithoutItsKeyItIsRefused) {
  Write(*store_, "a");
  const std::string backup = BackUp();
  store_ = nullptr;
  const std::string key = options_.key_file;
  options_.key_file = directory_ + "/another.key";
  EXPECT_THAT(std::string(RestoreStore(options_, backup, clock_).status().message()),
              HasSubstr("the key of the holders' data is not there"));
  EXPECT_FALSE(std::filesystem::exists(options_.key_file)) << "a new key helps nobody";
  std::filesystem::copy_file(key, options_.key_file);
  std::filesystem::permissions(options_.key_file, std::filesystem::perms::owner_all);
  std::ofstream(options_.key_file, std::ios::binary) << std::string(32, 'k');
  EXPECT_THAT(std::string(RestoreStore(options_, backup, clock_).status().message()),
              HasSubstr("is not the key of this store"));
  options_.key_file = key;
  EXPECT_EQ(Ids(), std::vector<std::string>{"a"});
}

TEST_F(BackupTest, WhatAnotherProgramRestoredIsMarked) {
  Write(*store_, "a");
  Write(*store_, "b");
  store_ = nullptr;
  EXPECT_EQ(MarkRestored(options_, clock_).value(), 2);
  store_ = Store::Open(options_, clock_).value();
  EXPECT_TRUE(store_->Get("a")->restored());
  EXPECT_TRUE(store_->Get("b")->restored());
}

TEST_F(BackupTest, WhereThereIsNoStoreNothingIsMarkedOrMade) {
  store_ = nullptr;
  const std::vector<std::string> files = Files();
  const Store::Options sound = options_;
  options_.url = "sqlite:" + directory_ + "/none.db";
  absl::Status status = MarkRestored(options_, clock_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kArgumentInvalid)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("/none.db: there is no store to mark"));
  options_ = sound;
  options_.key_file = directory_ + "/none.key";
  status = MarkRestored(options_, clock_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kArgumentInvalid)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("/none.key: the key of the holders' data is not there"));
  EXPECT_EQ(Files(), files);
}

TEST_F(BackupTest, AnotherDatabaseIsNoStoreToMark) {
  options_.url = "sqlite:" + directory_ + "/other.db";
  ASSERT_TRUE(sql::Database::Open(options_.url).ok());
  const absl::Status status = MarkRestored(options_, clock_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kArgumentInvalid)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("/other.db: there is no store to mark"));
}

TEST_F(BackupTest, PostgresqlHasItsOwnPrograms) {
  options_.url = "postgresql:///jpkid";
  const absl::Status status = RestoreStore(options_, "any", clock_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kArgumentInvalid)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("pg_restore"));
}

}  // namespace
}  // namespace jpkid::store
