#include "tests/contract/postgresql_server.h"
#include "tests/contract/takeover_contract.h"

namespace jpkid {
namespace {

const store::DatabaseUnderTest kPostgresql = {.name = "Postgresql", .make = [](const std::string&) {
                                                return SharedPostgresql().NewDatabase();
                                              }};

INSTANTIATE_TEST_SUITE_P(Postgresql, TakeoverContract, testing::Values(kPostgresql));

}  // namespace
}  // namespace jpkid
