#include "tests/contract/store_contract.h"

namespace jpkid::store {
namespace {

const DatabaseUnderTest kSqlite = {.name = "Sqlite", .make = [](const std::string& directory) {
                                     return "sqlite:" + directory + "/jpkid.db";
                                   }};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(kSqlite));
INSTANTIATE_TEST_SUITE_P(Sqlite, CaseContract, testing::Values(kSqlite));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreRaces, testing::Values(kSqlite));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreMigration, testing::Values(kSqlite));

}  // namespace
}  // namespace jpkid::store
