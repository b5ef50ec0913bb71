#include "tests/contract/postgresql_server.h"
#include "tests/contract/store_contract.h"

namespace jpkid::store {
namespace {

const DatabaseUnderTest kPostgresql = {.name = "Postgresql", .make = [](const std::string&) {
                                         return SharedPostgresql().NewDatabase();
                                       }};

INSTANTIATE_TEST_SUITE_P(Postgresql, StoreContract, testing::Values(kPostgresql));
INSTANTIATE_TEST_SUITE_P(Postgresql, CaseContract, testing::Values(kPostgresql));
INSTANTIATE_TEST_SUITE_P(Postgresql, StoreRaces, testing::Values(kPostgresql));
INSTANTIATE_TEST_SUITE_P(Postgresql, StoreMigration, testing::Values(kPostgresql));

}  // namespace
}  // namespace jpkid::store
