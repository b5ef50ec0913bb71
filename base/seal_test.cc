#include "base/seal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid {
namespace {

std::string KeyPath(const char* name) {
  const std::string path = testing::TempDir() + "/seal-" + std::to_string(getpid()) + "-" + name;
  std::filesystem::remove(path);
  return path;
}

TEST(Seal, OpensWhatItClosedAlsoAfterReopening) {
  const std::string path = KeyPath("roundtrip");
  const Bytes sealed = Seal::Open(path).value()->Close(AsBytes("三田 太郎"), "op/holder").value();
  EXPECT_EQ(AsText(sealed).find("三田"), absl::string_view::npos);
  EXPECT_EQ(AsText(Seal::Open(path).value()->Open(sealed, "op/holder").value()), "三田 太郎");
}

TEST(Seal, RefusesWhatWasAlteredMovedOrSealedElsewhere) {
  const auto seal = Seal::Open(KeyPath("a")).value();
  const Bytes sealed = seal->Close(AsBytes("data"), "op/holder").value();
  Bytes altered = sealed;
  altered[14] ^= 1;
  EXPECT_TRUE(FailedFor(seal->Open(altered, "op/holder").status(), Reason::kStoreUnavailable));
  EXPECT_FALSE(seal->Open(sealed, "other/holder").ok());
  EXPECT_FALSE(seal->Open(ByteView(sealed).first(10), "op/holder").ok());
  EXPECT_FALSE(Seal::Open(KeyPath("b")).value()->Open(sealed, "op/holder").ok());
}

TEST(Seal, TwoOfTheSameDiffer) {
  const auto seal = Seal::Open(KeyPath("nonce")).value();
  EXPECT_NE(seal->Close(AsBytes("data"), "x").value(), seal->Close(AsBytes("data"), "x").value());
}

TEST(Seal, TheKeyFileIsPrivate) {
  const std::string path = KeyPath("mode");
  ASSERT_TRUE(Seal::Open(path).ok());
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_FALSE(Seal::Open(path).ok());
}

}  // namespace
}  // namespace jpkid
