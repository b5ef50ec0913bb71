#include "tests/contract/takeover_contract.h"

namespace jpkid {
namespace {

const store::DatabaseUnderTest kSqlite = {
    .name = "Sqlite",
    .make = [](const std::string& directory) { return "sqlite:" + directory + "/jpkid.db"; }};

INSTANTIATE_TEST_SUITE_P(Sqlite, TakeoverContract, testing::Values(kSqlite));

}  // namespace
}  // namespace jpkid
