#include "daemon/ca/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"

namespace jpkid::ca {
namespace {

void ExpectUrl(const std::string& text, bool tls, const std::string& host, const std::string& port,
               const std::string& path) {
  const absl::StatusOr<Url> url = ParseUrl(text);
  ASSERT_TRUE(url.ok()) << text;
  EXPECT_EQ(url->tls, tls) << text;
  EXPECT_EQ(url->host, host) << text;
  EXPECT_EQ(url->port, port) << text;
  EXPECT_EQ(url->path, path) << text;
}

TEST(HttpUrl, HasItsParts) {
  ExpectUrl("http://ca.example/cmp", false, "ca.example", "80", "/cmp");
  ExpectUrl("https://ca.example:8443", true, "ca.example", "8443", "/");
  ExpectUrl("http://127.0.0.1:8829/a/b?c=d", false, "127.0.0.1", "8829", "/a/b?c=d");
}

TEST(HttpUrl, OthersAreRefused) {
  for (const char* text : {"", "ca.example", "ftp://ca.example/", "http://", "http://ca:99999/",
                           "http://user@ca.example/", "http://user:secret@ca.example/"}) {
    EXPECT_TRUE(FailedFor(ParseUrl(text).status(), Reason::kArgumentInvalid)) << text;
  }
}

TEST(Http, NobodyThereIsToldAtOnce) {
  const Http http = Http::Create({}).value();
  const Url url = {.tls = false, .host = "127.0.0.1", .port = "1", .path = "/"};
  const absl::Status status =
      http.Post(url, "application/pkixcmp", Bytes{0x30, 0x00}, absl::Seconds(20)).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaUnavailable)) << status;
  EXPECT_TRUE(FailedFor(http.Get(url, 100, absl::Seconds(20)).status(), Reason::kCaUnavailable));
}

// The kernel takes the connection and the request, and nobody ever answers.
TEST(Http, ASilentServerIsLeftWhenTheTimeIsUp) {
  const UniqueFd server(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const place = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(bind(server.get(), place, size), 0);
  ASSERT_EQ(listen(server.get(), 8), 0);
  ASSERT_EQ(getsockname(server.get(), place, &size), 0);
  const Http http = Http::Create({}).value();
  const Url url = {.tls = false,
                   .host = "127.0.0.1",
                   .port = absl::StrCat(ntohs(address.sin_port)),
                   .path = "/"};
  const absl::Status status =
      http.Post(url, "application/pkixcmp", Bytes{0x30, 0x00}, absl::Milliseconds(50)).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaUnavailable)) << status;
  EXPECT_TRUE(FailedFor(http.Get(url, 100, absl::ZeroDuration()).status(), Reason::kCaUnavailable));
}

}  // namespace
}  // namespace jpkid::ca
