#include "daemon/card/issuer_keys.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"

namespace jpkid::card {
namespace {

constexpr char kDigits[] = "000102030405060708090A0b0c0d0e0f";

class MasterKeyFile : public testing::Test {
 protected:
  MasterKeyFile() : path_(testing::TempDir() + "master-key." + std::to_string(getpid())) {}
  ~MasterKeyFile() override {
    unlink(path_.c_str());
    unlink((path_ + ".link").c_str());
  }
  MasterKeyFile(const MasterKeyFile&) = delete;
  MasterKeyFile& operator=(const MasterKeyFile&) = delete;

  void Write(const std::string& content, unsigned mode = 0600) {
    ASSERT_TRUE(ReplaceFile(path_, AsBytes(content), mode).ok());
  }
  // What is wrong with the file, or "read".
  std::string Result() {
    const absl::StatusOr<Secret> key = ReadMasterKey(path_);
    if (key.ok()) return "read";
    const Failure failure = FailureOf(key.status());
    EXPECT_EQ(failure.reason, Reason::kArgumentInvalid);
    EXPECT_EQ(failure.metadata.at("field"), "master_key_file");
    EXPECT_EQ(failure.metadata.at("detail").find(path_ + " "), 0u);
    return failure.metadata.at("detail").substr(path_.size() + 1);
  }

  const std::string path_;
};

TEST_F(MasterKeyFile, HoldsThirtyTwoDigits) {
  const Secret expected(ByteView(FromHex(kDigits).value()));
  for (const char* end : {"", "\n"}) {
    Write(std::string(kDigits) + end, 0400);
    EXPECT_TRUE(ReadMasterKey(path_)->Equals(expected));
  }
}

TEST_F(MasterKeyFile, AnythingElseIsRefused) {
  const std::string digits = kDigits;
  for (const std::string& content :
       {std::string(), std::string("\n"), digits.substr(1), digits.substr(2), digits + "0",
        digits + "00", digits + "\n\n", digits + " ", " " + digits, digits.substr(1) + "G",
        digits.substr(0, 16) + "\n" + digits.substr(16)}) {
    Write(content);
    EXPECT_EQ(Result(), "must hold 32 hexadecimal digits and nothing else") << content;
  }
}

TEST_F(MasterKeyFile, MustBeOursAlone) {
  for (const unsigned mode : {0644u, 0640u, 0604u, 0620u, 0700u, 0660u, 04600u}) {
    Write(kDigits, mode);
    EXPECT_EQ(Result(), "must have mode 0600 or 0400") << std::oct << mode;
  }
  Write(kDigits);
  if (geteuid() == 0) {  // Only root can give a file away.
    ASSERT_EQ(chown(path_.c_str(), 65534, 65534), 0);
    EXPECT_EQ(Result(), "belongs to another user");
  }
}

TEST_F(MasterKeyFile, MustBeARegularFileAtThatVeryPlace) {
  EXPECT_EQ(Result(), "cannot be opened: No such file or directory");
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(Result(), "is not a regular file");
  unlink(path_.c_str());
  Write(kDigits);
  const std::string link = path_ + ".link";
  ASSERT_EQ(symlink(path_.c_str(), link.c_str()), 0);
  EXPECT_FALSE(ReadMasterKey(link).ok());
}

TEST(FromMasterKey, DerivesEachCardsOwnKeys) {
  const Bytes master = FromHex(kDigits).value();
  const auto keys = FromMasterKey(Secret(ByteView(master))).value();
  const hal::Scp03Keys expected =
      hal::DeriveCardKeys(Secret(ByteView(master)), "123456789012345").value();
  EXPECT_TRUE(keys->KeysOf("123456789012345")->enc.Equals(expected.enc));
  EXPECT_TRUE(keys->KeysOf("123456789012345")->mac.Equals(expected.mac));
  EXPECT_FALSE(keys->KeysOf("123456789012346")->enc.Equals(expected.enc));
  EXPECT_FALSE(keys->KeysOf("12345").ok());
  EXPECT_TRUE(FailedFor(FromMasterKey(Secret(ByteView(master).first(15))).status(),
                        Reason::kArgumentInvalid));
}

}  // namespace
}  // namespace jpkid::card
