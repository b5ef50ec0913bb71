// The adapter before a server that is not ours: the mock server of `openssl cmp`. It listens on
// [::] and hands out one certificate that it was given.

#include <signal.h>
#include <sys/wait.h>

#include <cstdio>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "tests/contract/cmp_authority.h"
#include "tests/contract/cmp_pem.h"

namespace jpkid::ca {
namespace {

using certs::Algorithm;
using certs::Kind;

// `openssl cmp -port`, from the moment it listens.
class MockServer {
 public:
  explicit MockServer(const std::string& options) {
    std::random_device random;
    for (int i = 0; i < 20 && pid_ == 0; ++i) {
      port_ = std::uniform_int_distribution(20000, 30000)(random);
      Start(absl::StrCat("echo $$; exec openssl cmp -config '' -port ", port_, " ", options,
                         " 2>&1"));
    }
    EXPECT_NE(pid_, 0) << "openssl cmp does not listen";
  }
  ~MockServer() { Stop(); }
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  std::string url() const { return absl::StrCat("http://[::1]:", port_, "/pkix/"); }

 private:
  void Start(const std::string& command) {
    output_ = popen(command.c_str(), "re");
    char line[1024] = {};
    if (fgets(line, sizeof(line), output_) == nullptr || !absl::SimpleAtoi(line, &pid_)) pid_ = 0;
    while (fgets(line, sizeof(line), output_) != nullptr) {
      if (absl::StrContains(line, "ACCEPT")) return;
    }
    Stop();
  }
  void Stop() {
    if (pid_ != 0) kill(pid_, SIGTERM);
    if (output_ != nullptr) pclose(output_);
    output_ = nullptr;
    pid_ = 0;
  }

  int port_ = 0;
  pid_t pid_ = 0;
  std::FILE* output_ = nullptr;
};

class CmpMock : public testing::Test {
 protected:
  CmpMock() {
    made_ = std::get<Issued>(authority_.book().Submit(request_).value());
    WriteCertificatePem(authority_.directory() + "/made.pem", made_.certificate);
    WritePairPem(authority_.ca_dir() + "/impostor.pem", made_.certificate,
                 TestKey::Of(Algorithm::kP384Sha384));
  }

  // The mock server, with the names of an authority's files.
  std::unique_ptr<MockServer> Serve(const std::string& options,
                                    const std::string& server = "cmp-server.pem") {
    const std::string pair = authority_.ca_dir() + "/" + server;
    auto mock = std::make_unique<MockServer>(
        absl::StrCat("-srv_cert ", pair, " -srv_key ", pair, " -srv_trusted ",
                     authority_.options().auth[0].certificate_file, " -rsp_cert ",
                     authority_.directory(), "/made.pem ", options));
    authority_.options().url = mock->url();
    authority_.Restart();
    return mock;
  }

  CertificateAuthority& ca() { return authority_.ca(); }

  CmpAuthority authority_{"mock"};
  const IssueRequest request_ =
      TestCa::Request(Kind::kAuth, "t1", TestKey::Of(Algorithm::kP384Sha384));
  Issued made_;
};

TEST_F(CmpMock, IssuesConfirmsAndRevokes) {
  const auto mock = Serve("");
  const absl::StatusOr<Answer> answer = ca().Submit(request_);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(std::get<Issued>(*answer).certificate, made_.certificate);
  EXPECT_EQ(std::get<Issued>(*answer).ca_certificate, made_.ca_certificate);
  const std::string serial = ReadCertificate(made_.certificate).value().serial;
  EXPECT_EQ(ca().Revoke(Kind::kAuth, serial, RevocationReason::kSuperseded), absl::OkStatus());
}

TEST_F(CmpMock, ConfirmsInTheSameLife) {
  const auto mock = Serve("");
  ASSERT_TRUE(ca().Submit(request_).ok());
  EXPECT_EQ(ca().Confirm("t1"), absl::OkStatus());
}

TEST_F(CmpMock, IsPolled) {
  const auto mock = Serve("-poll_count 2 -check_after 7");
  absl::StatusOr<Answer> answer = ca().Submit(request_);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_TRUE(std::holds_alternative<Waiting>(*answer));
  EXPECT_EQ(std::get<Waiting>(*answer).poll_after, absl::Seconds(7));
  for (int i = 0; i < 5 && answer.ok() && std::holds_alternative<Waiting>(*answer); ++i) {
    authority_.Pass(absl::Seconds(7));
    authority_.Restart();
    answer = ca().Poll("t1");
  }
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(std::get<Issued>(*answer).certificate, made_.certificate);
}

TEST_F(CmpMock, RefusesWithAReason) {
  const auto mock = Serve("-pkistatus 2 -failure 7");
  const absl::Status status = ca().Submit(request_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaRejected)) << status;
  EXPECT_TRUE(absl::StrContains(FailureOf(status).metadata.at("detail"), "incorrectData"))
      << status;
}

TEST_F(CmpMock, IsNotAvailableForNow) {
  const auto mock = Serve("-pkistatus 2 -failure 24");
  const absl::Status status = ca().Submit(request_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaUnavailable)) << status;
}

TEST_F(CmpMock, SignsWithAnothersCertificate) {
  const auto mock = Serve("", "impostor.pem");
  const absl::Status status = ca().Submit(request_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaProtectionInvalid)) << status;
}

TEST_F(CmpMock, ProtectsNothing) {
  const auto mock = Serve("-send_unprotected");
  const absl::Status status = ca().Submit(request_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaProtectionInvalid)) << status;
}

}  // namespace
}  // namespace jpkid::ca
