// HTTPS and a proxy on the way.

#include <httplib.h>

#include <thread>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "tests/contract/cmp_authority.h"

namespace jpkid::ca {
namespace {

IssueRequest Request(const std::string& id) {
  return TestCa::Request(certs::Kind::kAuth, id, TestKey::Of(certs::Algorithm::kP384Sha384));
}

class CmpTls : public testing::Test {
 protected:
  // The server's certificate of CMP serves TLS as well; its name is not the host's.
  void ServeTls(const std::string& pair) {
    authority_.StartServer({.ca_dir = {}, .tls_file = pair});
    std::string& url = authority_.options().url;
    url = "https" + url.substr(url.find(':'));
  }

  CmpAuthority authority_{"tls"};
};

TEST_F(CmpTls, AServerWhoseNameIsAnotherIsNotTalkedTo) {
  ServeTls(authority_.ca_dir() + "/cmp-server.pem");
  authority_.options().tls_trusted_file = authority_.options().auth[0].certificate_file;
  authority_.Restart();
  const absl::Status status = authority_.ca().Submit(Request("t1")).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaUnavailable)) << status;
  EXPECT_EQ(authority_.messages(), 0);
}

TEST_F(CmpTls, AServerOfTheRightNameIs) {
  const std::string pair = authority_.directory() + "/tls.pem";
  const std::string make = absl::StrCat(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "
      "/CN=tls",
      " -addext subjectAltName=IP:127.0.0.1 -keyout ", pair, ".key -out ", pair, " 2>/dev/null && ",
      "cp ", pair, " ", pair, ".trusted && cat ", pair, ".key >> ", pair);
  ASSERT_EQ(std::system(make.c_str()), 0);  // NOLINT(cert-env33-c)
  ServeTls(pair);
  authority_.options().tls_trusted_file = pair + ".trusted";
  authority_.Restart();
  const absl::StatusOr<Answer> answer = authority_.ca().Submit(Request("t1"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(authority_.ca().Confirm("t1"), absl::OkStatus());
  // Under authorities that did not sign it, it is nobody.
  authority_.options().tls_trusted_file = authority_.options().auth[0].certificate_file;
  authority_.Restart();
  EXPECT_TRUE(FailedFor(authority_.ca().Submit(Request("t2")).status(), Reason::kCaUnavailable));
}

// A proxy for plain HTTP gets the whole URL in the request line (RFC 9112, 3.2.2).
TEST_F(CmpTls, AProxyIsAskedWithTheWholeUrl) {
  httplib::Server proxy;
  int passed = 0;
  const auto pass = [&](const httplib::Request& request, httplib::Response& response) {
    ++passed;
    httplib::Client client("127.0.0.1", authority_.port());
    const auto answer = client.Post("/cmp", request.body, "application/pkixcmp");
    if (answer) response.set_content(answer->body, "application/pkixcmp");
  };
  proxy.Post("http://ca\\.example:8829/cmp", pass);
  const int port = proxy.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { proxy.listen_after_bind(); });
  authority_.options().url = "http://ca.example:8829/cmp";
  authority_.options().proxy = absl::StrCat("http://127.0.0.1:", port);
  authority_.Restart();
  const absl::StatusOr<Answer> answer = authority_.ca().Submit(Request("t1"));
  EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(passed, 1);
  proxy.stop();
  thread.join();
}

}  // namespace
}  // namespace jpkid::ca
