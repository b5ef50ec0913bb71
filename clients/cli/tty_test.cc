#include "clients/cli/tty.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::cli {
namespace {

// A pseudo-terminal; the test is the person who sits at it.
class TtyTest : public testing::Test {
 protected:
  void SetUp() override {
    person_ = UniqueFd(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(person_.valid());
    ASSERT_EQ(grantpt(person_.get()), 0);
    ASSERT_EQ(unlockpt(person_.get()), 0);
    const int fd = open(ptsname(person_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    tty_ = std::make_unique<Tty>(UniqueFd(fd), interruption_);
    side_ = fd;
  }

  // What is on the screen once it ends with `end`; empty after 10 seconds without.
  std::string ScreenUntil(const std::string& end) {
    std::string screen;
    const absl::Time deadline = SteadyNow() + absl::Seconds(10);
    while (SteadyNow() < deadline) {
      pollfd waits = {.fd = person_.get(), .events = POLLIN, .revents = 0};
      if (poll(&waits, 1, 1000) <= 0) continue;
      char c = 0;
      if (read(person_.get(), &c, 1) != 1) return "";
      screen.push_back(c);
      if (screen.size() >= end.size() && screen.substr(screen.size() - end.size()) == end) {
        return screen;
      }
    }
    return "";
  }

  void Type(const std::string& text) {
    ASSERT_EQ(write(person_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  bool Echoes() const {
    termios now = {};
    EXPECT_EQ(tcgetattr(side_, &now), 0);
    return (now.c_lflag & ECHO) != 0;
  }

  static absl::Time Soon() { return SteadyNow() + absl::Seconds(20); }

  client::Interruption interruption_;
  UniqueFd person_;
  std::unique_ptr<Tty> tty_;
  int side_ = -1;
};

TEST_F(TtyTest, ASecretIsReadAndNotShown) {
  std::thread person([&] {
    EXPECT_EQ(ScreenUntil("PIN: "), "PIN: ");
    EXPECT_FALSE(Echoes());
    Type("1234\n");
  });
  const absl::StatusOr<Secret> secret = tty_->AskSecret("PIN: ", Soon());
  person.join();
  ASSERT_TRUE(secret.ok()) << secret.status();
  EXPECT_EQ(AsText(secret->view()), "1234");
  EXPECT_TRUE(Echoes());
  EXPECT_EQ(ScreenUntil("\n"), "\r\n");
}

TEST_F(TtyTest, ALineIsShown) {
  std::thread person([&] {
    EXPECT_EQ(ScreenUntil("? "), "Go on? ");
    Type("yes\n");
  });
  EXPECT_EQ(tty_->Ask("Go on? ", Soon()).value(), "yes");
  person.join();
  EXPECT_EQ(ScreenUntil("\n"), "yes\r\n");
}

TEST_F(TtyTest, AnInterruptionEndsTheQuestionAndRestoresTheTerminal) {
  std::thread person([&] {
    EXPECT_EQ(ScreenUntil("PIN: "), "PIN: ");
    EXPECT_FALSE(Echoes());
    interruption_.Raise();
  });
  EXPECT_EQ(tty_->AskSecret("PIN: ", absl::InfiniteFuture()).status(),
            absl::CancelledError("interrupted"));
  person.join();
  EXPECT_TRUE(Echoes());
}

TEST_F(TtyTest, ADeadlineEndsTheQuestionAndRestoresTheTerminal) {
  const absl::Status status =
      tty_->AskSecret("PIN: ", SteadyNow() + absl::Milliseconds(20)).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCallTimeout)) << status;
  EXPECT_TRUE(Echoes());
}

TEST_F(TtyTest, EndOfInputIsNoPin) {
  std::thread person([&] {
    EXPECT_EQ(ScreenUntil("PIN: "), "PIN: ");
    Type("\x04");
  });
  EXPECT_TRUE(absl::IsCancelled(tty_->AskSecret("PIN: ", Soon()).status()));
  person.join();
}

TEST_F(TtyTest, WhatWasTypedBeforeTheQuestionIsNoAnswer) {
  Type("early\n");
  EXPECT_EQ(ScreenUntil("\n"), "early\r\n");
  std::thread person([&] {
    EXPECT_EQ(ScreenUntil("PIN: "), "PIN: ");
    Type("late\n");
  });
  const absl::StatusOr<Secret> secret = tty_->AskSecret("PIN: ", Soon());
  person.join();
  ASSERT_TRUE(secret.ok()) << secret.status();
  EXPECT_EQ(AsText(secret->view()), "late");
}

TEST_F(TtyTest, CtrlZIsAnOrdinaryCharacterWhileASecretIsTyped) {
  std::thread person([&] {
    EXPECT_EQ(ScreenUntil("PIN: "), "PIN: ");
    termios now = {};
    EXPECT_EQ(tcgetattr(side_, &now), 0);
    EXPECT_EQ(now.c_cc[VSUSP], _POSIX_VDISABLE);
    EXPECT_EQ(now.c_cc[VQUIT], _POSIX_VDISABLE);
    Type("x\n");
  });
  EXPECT_TRUE(tty_->AskSecret("PIN: ", Soon()).ok());
  person.join();
}

}  // namespace
}  // namespace jpkid::cli
