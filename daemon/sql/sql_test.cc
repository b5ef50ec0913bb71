#include "daemon/sql/sql.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <soci/soci.h>

#include "base/status.h"

namespace jpkid::sql {
namespace {

const std::vector<Migration> kSchema = {
    {{"CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"}},
    {{"CREATE TABLE tag (note INTEGER NOT NULL REFERENCES note (id), word TEXT NOT NULL)",
      "CREATE INDEX tag_by_word ON tag (word)"}},
};

class Sql : public testing::Test {
 protected:
  Sql() {
    // A directory with a blank: SOCI's connection strings are split at blanks.
    directory_ = testing::TempDir() + "/sql " + std::to_string(getpid()) + " " +
                 testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    path_ = directory_ + "/store.db";
  }
  ~Sql() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<Database> Open() { return Database::Open("sqlite:" + path_).value(); }
  std::unique_ptr<Database> OpenWithSchema() {
    auto database = Open();
    EXPECT_EQ(Migrate(*database, kSchema), absl::OkStatus());
    return database;
  }

  static absl::Status Add(Database& database, const std::string& text) {
    return database.Write([&](soci::session& session) {
      session << "INSERT INTO note (text) VALUES (:text)", soci::use(text);
      return absl::OkStatus();
    });
  }
  static int Count(Database& database) {
    int count = -1;
    EXPECT_EQ(database.Read([&](soci::session& session) {
      session << "SELECT COUNT(*) FROM note", soci::into(count);
      return absl::OkStatus();
    }),
              absl::OkStatus());
    return count;
  }

  std::string directory_;
  std::string path_;
};

TEST_F(Sql, WhatWasWrittenIsThereAfterReopening) {
  EXPECT_EQ(Add(*OpenWithSchema(), "one"), absl::OkStatus());
  EXPECT_EQ(Count(*OpenWithSchema()), 1);
}

TEST_F(Sql, TheFileIsPrivate) {
  OpenWithSchema();
  struct stat info = {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(Sql, SettingsThatDurabilityRestsOn) {
  const auto database = Open();
  std::string journal;
  int synchronous = 0;
  int foreign_keys = 0;
  ASSERT_EQ(database->Read([&](soci::session& session) {
    session << "PRAGMA journal_mode", soci::into(journal);
    session << "PRAGMA synchronous", soci::into(synchronous);
    session << "PRAGMA foreign_keys", soci::into(foreign_keys);
    return absl::OkStatus();
  }),
            absl::OkStatus());
  EXPECT_EQ(journal, "wal");
  EXPECT_EQ(synchronous, 2);
  EXPECT_EQ(foreign_keys, 1);
}

TEST_F(Sql, AFailureOfTheWorkRollsBackAndIsHandedThrough) {
  const auto database = OpenWithSchema();
  const absl::Status status = database->Write([&](soci::session& session) {
    session << "INSERT INTO note (text) VALUES ('half')";
    return Fail(Reason::kOperationEnded, {{"operation", "operations/1"}});
  });
  EXPECT_TRUE(FailedFor(status, Reason::kOperationEnded));
  EXPECT_EQ(Count(*database), 0);
  EXPECT_EQ(Add(*database, "whole"), absl::OkStatus());
}

TEST_F(Sql, AFailureOfTheDatabaseIsStoreUnavailableAndTellsNoValues) {
  const auto database = OpenWithSchema();
  const std::string name = "電子 花子";
  const absl::Status status = database->Write([&](soci::session& session) {
    session << "INSERT INTO tag (note, word) VALUES (7, :word)", soci::use(name);
    return absl::OkStatus();
  });
  EXPECT_TRUE(FailedFor(status, Reason::kStoreUnavailable));
  EXPECT_EQ(status.ToString().find(name), std::string::npos) << status;
  EXPECT_NE(status.message().find("FOREIGN KEY"), absl::string_view::npos) << status;
  EXPECT_EQ(Add(*database, "still works"), absl::OkStatus());
}

TEST_F(Sql, AnUnreachableFileIsStoreUnavailable) {
  EXPECT_TRUE(FailedFor(Database::Open("sqlite:" + directory_ + "/none/store.db").status(),
                        Reason::kStoreUnavailable));
}

TEST_F(Sql, WhatIsNoDatabaseIsRefused) {
  FILE* file = fopen(path_.c_str(), "w");
  ASSERT_NE(file, nullptr);
  fputs("this is a text file, long enough to be looked at as a database header, and it is none",
        file);
  fclose(file);
  EXPECT_TRUE(FailedFor(Database::Open("sqlite:" + path_).status(), Reason::kStoreUnavailable));
}

TEST_F(Sql, UrlsAreChecked) {
  EXPECT_TRUE(FailedFor(Database::Open("mysql://x").status(), Reason::kArgumentInvalid));
  EXPECT_TRUE(FailedFor(Database::Open("sqlite:").status(), Reason::kArgumentInvalid));
  EXPECT_TRUE(FailedFor(Database::Open("sqlite:a\"b").status(), Reason::kArgumentInvalid));
  const absl::Status broken = Database::Open("postgresql://u:geheim@[h/db").status();
  EXPECT_TRUE(FailedFor(broken, Reason::kArgumentInvalid));
  EXPECT_EQ(broken.ToString().find("geheim"), std::string::npos) << broken;
}

TEST_F(Sql, MigrationsRunOnceAndGoOnWhereTheyStopped) {
  const auto database = Open();
  ASSERT_EQ(Migrate(*database, std::span(kSchema).first(1)), absl::OkStatus());
  ASSERT_EQ(Add(*database, "kept"), absl::OkStatus());
  ASSERT_EQ(Migrate(*database, kSchema), absl::OkStatus());
  ASSERT_EQ(Migrate(*database, kSchema), absl::OkStatus());
  EXPECT_EQ(Count(*database), 1);
}

TEST_F(Sql, AStoreFromTheFutureIsRefused) {
  const auto database = OpenWithSchema();
  EXPECT_EQ(Migrate(*database, std::span(kSchema).first(1)),
            Fail(Reason::kStoreTooNew, {{"found", "2"}, {"known", "1"}}));
}

TEST_F(Sql, AMigrationThatFailsLeavesTheStepBefore) {
  const auto database = Open();
  const std::vector<Migration> broken = {
      kSchema[0], {{"INSERT INTO note (text) VALUES ('half')", "CREATE NONSENSE"}}};
  EXPECT_TRUE(FailedFor(Migrate(*database, broken), Reason::kStoreUnavailable));
  EXPECT_EQ(Count(*database), 0);
  EXPECT_EQ(Migrate(*database, kSchema), absl::OkStatus());
}

// Reads, then writes what follows from it: lost updates would show.
absl::Status Increment(Database& database) {
  return database.Write([](soci::session& session) {
    int value = 0;
    session << "SELECT CAST(text AS INTEGER) FROM note", soci::into(value);
    ++value;
    session << "UPDATE note SET text = :value", soci::use(value);
    return absl::OkStatus();
  });
}

TEST_F(Sql, ProcessesAndThreadsShareOneFile) {
  constexpr int kProcesses = 3;
  constexpr int kThreads = 2;
  constexpr int kRounds = 5;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      // Opening and migrating race as well.
      bool good = true;
      const auto database = Database::Open("sqlite:" + path_);
      good = database.ok() && Migrate(**database, kSchema).ok();
      good = good && (*database)
                         ->Write([](soci::session& session) {
                           session << "INSERT OR IGNORE INTO note (id, text) VALUES (1, '0')";
                           return absl::OkStatus();
                         })
                         .ok();
      std::vector<std::thread> threads;
      std::vector<int> failures(kThreads, 0);
      for (int t = 0; good && t < kThreads; ++t) {
        threads.emplace_back([&, t] {
          for (int n = 0; n < kRounds; ++n)
            failures[static_cast<std::size_t>(t)] += !Increment(**database).ok();
        });
      }
      for (std::thread& thread : threads) thread.join();
      for (const int failed : failures) good = good && failed == 0;
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  std::string value;
  ASSERT_EQ(OpenWithSchema()->Read([&](soci::session& session) {
    session << "SELECT text FROM note", soci::into(value);
    return absl::OkStatus();
  }),
            absl::OkStatus());
  EXPECT_EQ(value, std::to_string(kProcesses * kThreads * kRounds));
}

}  // namespace
}  // namespace jpkid::sql
