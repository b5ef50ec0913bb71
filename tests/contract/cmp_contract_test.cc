// The authority's contract over CMP: decided at once, after polls, and protected by a secret.

#include <unistd.h>

#include "absl/strings/str_cat.h"

#include "base/file.h"
#include "tests/contract/cmp_authority.h"

namespace jpkid::ca {
namespace {

const CaFactory kAtOnce = {
    "at-once", [](const std::string& name) { return std::make_unique<CmpAuthority>(name); }};

const CaFactory kAfterPolls = {"after-polls", [](const std::string& name) {
                                 auto authority = std::make_unique<CmpAuthority>(name);
                                 authority->Tell("polls 3 20");
                                 return authority;
                               }};

const CaFactory kWithSecret = {
    "with-secret", [](const std::string& name) {
      const std::string path = absl::StrCat(testing::TempDir(), "/cmp-mac-secret-", getpid());
      EXPECT_EQ(ReplaceFile(path, AsBytes("a shared secret\n"), 0600), absl::OkStatus());
      auto authority = std::make_unique<CmpAuthority>(
          name,
          simca::Options{.ca_dir = {}, .mac_secret_file = path, .mac_reference = "counter 7"});
      CmpOptions& options = authority->options();
      options.ra_certificate_file.clear();
      options.ra_key_file.clear();
      options.server_certificate_file.clear();
      options.mac_secret_file = path;
      options.mac_reference = "counter 7";
      authority->Restart();
      return authority;
    }};

INSTANTIATE_TEST_SUITE_P(Cmp, CaContract, testing::Values(kAtOnce, kAfterPolls, kWithSecret));
INSTANTIATE_TEST_SUITE_P(Cmp, CaRefusal, testing::Values(kAtOnce, kAfterPolls));

}  // namespace
}  // namespace jpkid::ca
