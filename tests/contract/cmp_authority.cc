#include "tests/contract/cmp_authority.h"

#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include <soci/soci.h>

#include "daemon/sql/sql.h"

namespace jpkid::ca {
namespace {

int Count(const std::string& ca_dir, const std::string& query) {
  int count = -1;
  const auto database = sql::Database::Open(absl::StrCat("sqlite:", ca_dir, "/book.db")).value();
  EXPECT_EQ(database->Read([&](soci::session& session) {
    session << query, soci::into(count);
    return absl::OkStatus();
  }),
            absl::OkStatus());
  return count;
}

}  // namespace

CmpAuthority::CmpAuthority(const std::string& name, const simca::Options& server)
    : CmpAuthority(name, std::make_unique<TestCa>(absl::StrCat("cmp-", name)), nullptr, server) {}

CmpAuthority::CmpAuthority(const std::string& name, TestCa& book, const simca::Options& server)
    : CmpAuthority(name, nullptr, &book, server) {}

CmpAuthority::CmpAuthority(const std::string& name, std::unique_ptr<TestCa> own, TestCa* book,
                           const simca::Options& server)
    : own_(std::move(own)),
      book_(book == nullptr ? *own_ : *book),
      directory_(absl::StrCat(testing::TempDir(), "/cmp-", getpid(), "-", name)) {
  std::signal(SIGPIPE, SIG_IGN);  // As jpkid does.
  std::filesystem::remove_all(directory_);
  std::filesystem::create_directory(directory_);
  StartServer(server);
  const simca::RaFiles files = {.out = directory_ + "/ra.pem",
                                .for_key = {},
                                .server = directory_ + "/server.pem",
                                .auth_issuer = directory_ + "/auth.pem",
                                .signature_issuer = directory_ + "/signature.pem"};
  EXPECT_EQ(simca::MakeRa(ca_dir(), "RA of the test", files, book_.clock()), absl::OkStatus());
  options_.url = absl::StrCat("http://127.0.0.1:", port_, "/cmp");
  options_.server_certificate_file = files.server;
  options_.ra_certificate_file = files.out;
  options_.ra_key_file = files.out;
  options_.auth = {{.certificate_file = files.auth_issuer,
                    .crl_url = absl::StrCat("http://127.0.0.1:", port_, "/auth.crl")}};
  options_.signature = {{.certificate_file = files.signature_issuer,
                         .crl_url = absl::StrCat("http://127.0.0.1:", port_, "/signature.crl")}};
  options_.message_timeout = absl::Seconds(5);
  options_.state_url = absl::StrCat("sqlite:", directory_, "/cmp.db");
  options_.key_file = directory_ + "/holder.key";
  Restart();
}

CmpAuthority::~CmpAuthority() {
  adapter_ = nullptr;
  server_ = nullptr;
  std::filesystem::remove_all(directory_);
}

void CmpAuthority::Restart() {
  adapter_ = nullptr;
  absl::StatusOr<std::unique_ptr<CertificateAuthority>> opened = OpenCmpCa(options_, book_.clock());
  ASSERT_TRUE(opened.ok()) << opened.status();
  adapter_ = *std::move(opened);
}

int CmpAuthority::CountCertificates() const {
  return Count(ca_dir(), "SELECT COUNT(*) FROM certificate");
}

bool CmpAuthority::IsConfirmed(const std::string& serial) const {
  return Count(ca_dir(), absl::StrCat("SELECT COUNT(*) FROM certificate WHERE serial = '", serial,
                                      "' AND confirmed_at IS NOT NULL")) == 1;
}

void CmpAuthority::StopServer() { server_ = nullptr; }

void CmpAuthority::StartServer(simca::Options server) {
  server_ = nullptr;
  server.ca_dir = ca_dir();
  server.listen = absl::StrCat("127.0.0.1:", port_);
  server_ = simca::Simca::Start(server, book_.clock()).value();
  port_ = server_->port();
}

void CmpAuthority::Tell(const std::string& line) { EXPECT_EQ(server_->Obey(line), "ok") << line; }

int CmpAuthority::messages() {
  const std::string status = server_->Obey("status");
  int count = -1;
  EXPECT_TRUE(absl::SimpleAtoi(
      status.substr(status.find(' ') + 1, status.find('}') - status.find(' ') - 1), &count))
      << status;
  return count;
}

}  // namespace jpkid::ca
