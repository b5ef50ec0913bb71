// The registration authority's key in a PKCS#11 token: SoftHSM, as a program of its own sets it up.

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"

#include "base/file.h"
#include "base/status.h"
#include "tests/contract/cmp_authority.h"

namespace jpkid::ca {
namespace {

constexpr char kPin[] = "246813";

void Shell(const std::string& command) {
  ASSERT_EQ(std::system((command + " >/dev/null").c_str()), 0) << command;  // NOLINT(cert-env33-c)
}

class CmpPkcs11 : public testing::Test {
 protected:
  // A token with the key of the registration authority; the file of the key is gone then.
  void SetUp() override {
    const std::string& directory = authority_.directory();
    std::filesystem::create_directory(directory + "/tokens");
    const std::string configuration =
        absl::StrCat("directories.tokendir = ", directory, "/tokens\nlog.level = ERROR\n");
    ASSERT_EQ(ReplaceFile(directory + "/softhsm.conf", AsBytes(configuration), 0600),
              absl::OkStatus());
    setenv("SOFTHSM2_CONF", (directory + "/softhsm.conf").c_str(), 1);  // NOLINT(concurrency-*)
    Shell("softhsm2-util --init-token --free --label ra-token --so-pin 97531 --pin " +
          std::string(kPin));
    Shell(absl::StrCat("openssl pkcs8 -topk8 -nocrypt -in ", directory, "/ra.pem -out ", directory,
                       "/ra.key"));
    Shell(absl::StrCat("softhsm2-util --import ", directory,
                       "/ra.key --token ra-token --label ra --id A1 --pin ", kPin));
    std::filesystem::remove(directory + "/ra.key");
    ASSERT_EQ(ReplaceFile(directory + "/pin", AsBytes(kPin), 0600), absl::OkStatus());
  }

  std::string Uri(const std::string& pin_file) const {
    return absl::StrCat("pkcs11:token=ra-token;object=ra;type=private;pin-source=file:", pin_file);
  }

  CmpAuthority authority_{"pkcs11"};
};

TEST_F(CmpPkcs11, SignsMessagesAndOthersDoNot) {
  CmpOptions& options = authority_.options();
  options.ra_key_file.clear();
  options.ra_key_uri = Uri(authority_.directory() + "/pin");
  authority_.Restart();
  const IssueRequest request =
      TestCa::Request(certs::Kind::kAuth, "t1", TestKey::Of(certs::Algorithm::kP384Sha384));
  const absl::StatusOr<Answer> answer = authority_.ca().Submit(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(std::holds_alternative<Issued>(*answer));
  EXPECT_EQ(authority_.ca().Confirm("t1"), absl::OkStatus());

  options.ra_key_uri = "pkcs11:token=ra-token;object=another;type=private;pin-source=file:" +
                       authority_.directory() + "/pin";
  const absl::Status status = OpenCmpCa(options, SystemClock()).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaUnavailable)) << status;
}

}  // namespace
}  // namespace jpkid::ca
