#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/sql/sql.h"
#include "tests/contract/postgresql_server.h"

namespace jpkid::sql {
namespace {

const std::vector<Migration> kSchema = {
    {{"CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
      "INSERT INTO note (id, text) VALUES (1, '0')"}},
    {{"CREATE TABLE tag (note INTEGER NOT NULL REFERENCES note (id), word TEXT NOT NULL)"}}};

class Postgresql : public testing::Test {
 protected:
  Postgresql() : url_(SharedPostgresql().NewDatabase()) {}

  std::unique_ptr<Database> OpenWithSchema() {
    auto database = Database::Open(url_).value();
    EXPECT_EQ(Migrate(*database, kSchema), absl::OkStatus());
    return database;
  }

  static absl::Status Increment(Database& database) {
    return database.Write([](soci::session& session) {
      int value = 0;
      session << "SELECT CAST(text AS INTEGER) FROM note WHERE id = 1", soci::into(value);
      const std::string next = std::to_string(value + 1);
      session << "UPDATE note SET text = :value WHERE id = 1", soci::use(next);
      return absl::OkStatus();
    });
  }
  static std::string Value(Database& database) {
    std::string value;
    EXPECT_EQ(database.Read([&](soci::session& session) {
      session << "SELECT text FROM note WHERE id = 1", soci::into(value);
      return absl::OkStatus();
    }),
              absl::OkStatus());
    return value;
  }

  const std::string url_;
};

TEST_F(Postgresql, WhatWasWrittenIsThereForTheNextConnection) {
  EXPECT_EQ(Increment(*OpenWithSchema()), absl::OkStatus());
  EXPECT_EQ(Value(*OpenWithSchema()), "1");
}

TEST_F(Postgresql, SettingsThatDurabilityRestsOn) {
  const auto database = Database::Open(url_).value();
  std::string commit;
  std::string wait;
  ASSERT_EQ(database->Read([&](soci::session& session) {
    session << "SHOW synchronous_commit", soci::into(commit);
    session << "SHOW lock_timeout", soci::into(wait);
    return absl::OkStatus();
  }),
            absl::OkStatus());
  EXPECT_EQ(commit, "on");
  EXPECT_EQ(wait, "10s");
}

TEST_F(Postgresql, AFailureOfTheWorkRollsBackAndIsHandedThrough) {
  const auto database = OpenWithSchema();
  const absl::Status status = database->Write([&](soci::session& session) {
    session << "UPDATE note SET text = 'half'";
    return Fail(Reason::kOperationEnded, {{"operation", "operations/1"}});
  });
  EXPECT_TRUE(FailedFor(status, Reason::kOperationEnded));
  EXPECT_EQ(Value(*database), "0");
}

TEST_F(Postgresql, AFailureOfTheDatabaseTellsNoValuesAndTheConnectionGoesOn) {
  const auto database = OpenWithSchema();
  const std::string name = "電子 花子";
  const absl::Status status = database->Write([&](soci::session& session) {
    session << "ALTER TABLE note ADD CONSTRAINT one_text UNIQUE (text)";
    session << "INSERT INTO note (id, text) VALUES (7, :text)", soci::use(name, "text");
    session << "INSERT INTO note (id, text) VALUES (8, :text)", soci::use(name, "text");
    return absl::OkStatus();
  });
  EXPECT_TRUE(FailedFor(status, Reason::kStoreUnavailable));
  EXPECT_NE(status.message().find("one_text"), absl::string_view::npos) << status;
  EXPECT_EQ(status.ToString().find(name), std::string::npos) << status;
  EXPECT_EQ(Increment(*database), absl::OkStatus());
}

TEST_F(Postgresql, WritersOfSeveralDaemonsWaitForEachOther) {
  constexpr int kDaemons = 3;
  constexpr int kThreads = 6;  // More than there are connections.
  constexpr int kRounds = 20;
  std::vector<std::unique_ptr<Database>> daemons(kDaemons);
  std::vector<std::thread> threads;
  // Opening and migrating race as well.
  for (auto& daemon : daemons) threads.emplace_back([&] { daemon = OpenWithSchema(); });
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  for (int t = 0; t < kDaemons * kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int n = 0; n < kRounds; ++n) {
        EXPECT_EQ(Increment(*daemons[static_cast<std::size_t>(t % kDaemons)]), absl::OkStatus());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Value(*daemons[0]), std::to_string(kDaemons * kThreads * kRounds));
}

TEST_F(Postgresql, AReaderSeesOneStateAndDoesNotWaitForAWriter) {
  const auto database = OpenWithSchema();
  std::string before;
  std::string after;
  ASSERT_EQ(database->Read([&](soci::session& session) {
    session << "SELECT text FROM note WHERE id = 1", soci::into(before);
    EXPECT_EQ(Increment(*database), absl::OkStatus());
    session << "SELECT text FROM note WHERE id = 1", soci::into(after);
    return absl::OkStatus();
  }),
            absl::OkStatus());
  EXPECT_EQ(before, "0");
  EXPECT_EQ(after, "0");
  EXPECT_EQ(Value(*database), "1");
}

TEST_F(Postgresql, AServerThatWasKilledAndCameBackIsFoundAgain) {
  const auto database = OpenWithSchema();
  const absl::Status cut_off = database->Write([&](soci::session& session) {
    session << "UPDATE note SET text = 'half'";
    SharedPostgresql().Kill();
    session << "UPDATE note SET text = 'half'";
    return absl::OkStatus();
  });
  EXPECT_TRUE(FailedFor(cut_off, Reason::kStoreUnavailable)) << cut_off;
  EXPECT_TRUE(FailedFor(Increment(*database), Reason::kStoreUnavailable));
  SharedPostgresql().Start();
  EXPECT_EQ(Increment(*database), absl::OkStatus());
  EXPECT_EQ(Value(*database), "1");
  // The connection is idle while the server goes and comes: nobody notices.
  SharedPostgresql().Kill();
  SharedPostgresql().Start();
  EXPECT_EQ(Increment(*database), absl::OkStatus());
  EXPECT_EQ(Value(*database), "2");
}

TEST_F(Postgresql, APasswordIsUsedAndNeverTold) {
  const std::string name = url_.substr(url_.find("@/") + 2, url_.find('?') - url_.find("@/") - 2);
  SharedPostgresql().Run(
      "postgres", "DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'geheim 1'");
  SharedPostgresql().Run(name, "GRANT ALL ON SCHEMA public TO guarded");
  EXPECT_TRUE(Database::Open(SharedPostgresql().Url(name, "guarded:geheim%201")).ok());
  const absl::Status wrong =
      Database::Open(SharedPostgresql().Url(name, "guarded:falsch-2")).status();
  EXPECT_TRUE(FailedFor(wrong, Reason::kStoreUnavailable)) << wrong;
  EXPECT_EQ(wrong.ToString().find("falsch"), std::string::npos) << wrong;
  EXPECT_NE(wrong.message().find("authentication"), absl::string_view::npos) << wrong;
}

TEST_F(Postgresql, AStoreFromTheFutureIsRefused) {
  const auto database = OpenWithSchema();
  EXPECT_EQ(Migrate(*database, std::span(kSchema).first(1)),
            Fail(Reason::kStoreTooNew, {{"found", "2"}, {"known", "1"}}));
}

}  // namespace
}  // namespace jpkid::sql
