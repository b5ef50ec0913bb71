// Stores of every earlier version are read by this one.

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <soci/soci.h>

#include "base/file.h"
#include "base/status.h"
#include "daemon/sql/sql.h"
#include "tests/contract/store_contract.h"

namespace jpkid::store {
namespace {

constexpr char kStores[] = STORES_OF_EARLIER_VERSIONS;
constexpr char kKey[] = "d7de14ace95eb8d94e582cc4f56310d4ac5d650d5cbf7821972f01056241caaa";
constexpr char kOwner[] = "/tmp/jpkid-v1";
constexpr char kDone[] = "f8fc4ddb-8e29-4e23-bfe1-31e2ab0d26af";
constexpr char kCutOff[] = "918938cf-9976-49c5-a1fe-31e7bfb845e3";

std::string FileOf(int version) {
  return kStores + ("/version-" + std::to_string(version) + ".sql");
}

absl::Status Load(const std::string& url, int version) {
  JPKID_ASSIGN_OR_RETURN(const auto database, sql::Database::Open(url));
  std::ifstream file(FileOf(version));
  return database->Write([&](soci::session& session) {
    for (std::string line; std::getline(file, line);) {
      if (line.rfind("--", 0) != 0) session << line;
    }
    return absl::OkStatus();
  });
}

int VersionOf(const std::string& url) {
  int version = 0;
  EXPECT_EQ((*sql::Database::Open(url))->Read([&](soci::session& session) {
    session << "SELECT MAX(version) FROM schema_version", soci::into(version);
    return absl::OkStatus();
  }),
            absl::OkStatus());
  return version;
}

}  // namespace

std::unique_ptr<Store> StoreMigration::OpenOld(int version) {
  const std::string old = directory_ + "/" + std::to_string(version);
  std::filesystem::create_directories(old);
  url_of_old_ = GetParam().make(old);
  EXPECT_EQ(Load(url_of_old_, version), absl::OkStatus());
  EXPECT_EQ(ReplaceFile(old + "/holder.key", FromHex(kKey).value(), 0600), absl::OkStatus());
  return Store::Open({.url = url_of_old_, .key_file = old + "/holder.key", .owner = kOwner}, clock_)
      .value();
}

TEST_P(StoreMigration, ThereIsAStoreOfEveryEarlierVersion) {
  for (int version = 1; version < VersionOf(url_); ++version) {
    EXPECT_TRUE(std::filesystem::exists(FileOf(version))) << FileOf(version);
  }
}

TEST_P(StoreMigration, OperationsOfEveryEarlierVersionGoOn) {
  for (int version = 1; version < VersionOf(url_); ++version) {
    SCOPED_TRACE(version);
    const auto store = OpenOld(version);
    EXPECT_EQ(VersionOf(url_of_old_), VersionOf(url_));

    const OperationRecord done = store->Get(kDone).value();
    EXPECT_EQ(done.state(), OperationRecord::SUCCEEDED);
    ASSERT_EQ(done.work_size(), 1);
    EXPECT_EQ(done.work(0).serial_number(), "457FC7A0CB084AE460A7B72280587952");
    EXPECT_EQ(store->Events(kDone, 0, 100)->size(), 14u);
    EXPECT_EQ(store->Journal(kDone)->back().step, "receipt");

    const auto claimed = store->ClaimUnfinished().value();
    ASSERT_EQ(claimed.size(), 1u);
    EXPECT_EQ(claimed[0].record.id(), kCutOff);
    EXPECT_EQ(claimed[0].epoch, 2);
    EXPECT_EQ(claimed[0].record.inputs(0).pin_kind(), "signature");
    const auto holder = store->GetPersonal(kCutOff, "holder").value();
    ASSERT_TRUE(holder.has_value());
    EXPECT_NE(AsText(*holder).find("電子 花子"), absl::string_view::npos);
    EXPECT_EQ(Write(*store, claimed[0].record, claimed[0].epoch), absl::OkStatus());

    // An answered request is remembered: the same id for something else is refused.
    EXPECT_TRUE(FailedFor(store
                              ->BeginRequest({.caller = "uid:0",
                                              .method = "jpki.v1.OperationService.ProvideInput",
                                              .request_id = "E4295797E75BA115DC96FFD2900569A8"},
                                             AsBytes("something else"))
                              .status(),
                          Reason::kRequestIdReused));
  }
}

TEST_P(StoreMigration, AStoreOfEveryEarlierVersionTakesCases) {
  for (int version = 1; version < VersionOf(url_); ++version) {
    SCOPED_TRACE(version);
    const auto store = OpenOld(version);
    ASSERT_TRUE(store->CreateCase(Case("a"), std::nullopt, {}).ok());
    EXPECT_EQ(store->GetCase("a")->application().person().birth_date(), "1980-02-17");
  }
}

}  // namespace jpkid::store
