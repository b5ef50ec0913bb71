#include "base/secret.h"

#include <unistd.h>

#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace jpkid {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>, "a secret is never copied by accident");
static_assert(!std::is_copy_assignable_v<Secret>, "a secret is never copied by accident");

class Pipe {
 public:
  explicit Pipe(absl::string_view content) {
    EXPECT_EQ(pipe(ends_), 0);
    EXPECT_EQ(write(ends_[1], content.data(), content.size()),
              static_cast<ssize_t>(content.size()));
    close(ends_[1]);
  }
  ~Pipe() { close(ends_[0]); }
  int read_end() const { return ends_[0]; }

 private:
  int ends_[2] = {-1, -1};
};

TEST(Secret, TakeEmptiesAndOverwritesTheSource) {
  std::string pin = "ABC123";
  const char* where = pin.data();
  const Secret secret = Secret::Take(pin);
  EXPECT_EQ(AsText(secret.view()), "ABC123");
  EXPECT_TRUE(pin.empty());
  EXPECT_EQ(where[1], '\0');
}

TEST(Secret, ComparesContent) {
  EXPECT_TRUE(Secret(AsBytes("1234")).Equals(Secret(AsBytes("1234"))));
  EXPECT_FALSE(Secret(AsBytes("1234")).Equals(Secret(AsBytes("1235"))));
  EXPECT_FALSE(Secret(AsBytes("1234")).Equals(Secret(AsBytes("12345"))));
}

TEST(Secret, ReadFromFdStopsAtNewlineOrEnd) {
  EXPECT_EQ(AsText(ReadSecretFromFd(Pipe("1234\nrest").read_end())->view()), "1234");
  EXPECT_EQ(AsText(ReadSecretFromFd(Pipe("1234").read_end())->view()), "1234");
  EXPECT_EQ(AsText(ReadSecretFromFd(Pipe("1234\r\n").read_end())->view()), "1234");
}

TEST(Secret, ReadFromFdRefusesNothingAndTooMuch) {
  EXPECT_FALSE(ReadSecretFromFd(Pipe("").read_end()).ok());
  EXPECT_FALSE(ReadSecretFromFd(Pipe("\n").read_end()).ok());
  EXPECT_FALSE(ReadSecretFromFd(Pipe("12345678").read_end(), 7).ok());
  EXPECT_FALSE(ReadSecretFromFd(-1).ok());
}

}  // namespace
}  // namespace jpkid
