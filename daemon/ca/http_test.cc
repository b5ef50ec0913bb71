#include "daemon/ca/http.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace jpkid::ca
