#include "clients/lib/address.h"

#include <string>

#include <gtest/gtest.h>

#include "base/default_paths.h"
#include "base/status.h"

namespace jpkid::client {
namespace {

ReasonMetadata WhyNot(absl::string_view option, absl::string_view environment) {
  const absl::Status status = ResolveAddress(option, environment).status();
  EXPECT_TRUE(FailedFor(status, Reason::kArgumentInvalid)) << status;
  return FailureOf(status).metadata;
}

TEST(AddressTest, OptionThenEnvironmentThenTheEmbeddedDefault) {
  EXPECT_EQ(ResolveAddress("unix:/run/a.sock", "unix:/run/b.sock").value(), "unix:/run/a.sock");
  EXPECT_EQ(ResolveAddress("", "unix:/run/b.sock").value(), "unix:/run/b.sock");
  EXPECT_EQ(ResolveAddress("", "").value(), "unix:" + DefaultSocketPath());
}

TEST(AddressTest, RelativePathsAndEmptyAuthorities) {
  EXPECT_EQ(ResolveAddress("unix:here/jpkid.sock", "").value(), "unix:here/jpkid.sock");
  EXPECT_EQ(ResolveAddress("unix:///run/jpkid.sock", "").value(), "unix:/run/jpkid.sock");
}

TEST(AddressTest, AnythingElseIsRefusedWithTheNameOfItsSource) {
  EXPECT_EQ(
      WhyNot("localhost:50051", ""),
      (ReasonMetadata{{"field", "--address"}, {"detail", "'localhost:50051' is not unix:PATH"}}));
  EXPECT_EQ(WhyNot("", "/run/jpkid.sock"),
            (ReasonMetadata{{"field", "JPKID_ADDRESS"},
                            {"detail", "'/run/jpkid.sock' is not unix:PATH"}}));
  EXPECT_EQ(WhyNot("unix:", "").at("detail"), "a socket's path has 1 to 107 octets");
}

TEST(AddressTest, APathMustFitASocketAddress) {
  const std::string longest = "unix:/" + std::string(106, 'x');
  EXPECT_EQ(ResolveAddress(longest, "").value(), longest);
  EXPECT_EQ(WhyNot(longest + "x", "").at("detail"), "a socket's path has 1 to 107 octets");
}

}  // namespace
}  // namespace jpkid::client
