#include "clients/lib/interruption.h"

#include <poll.h>

#include <thread>

#include <gtest/gtest.h>

#include "base/status.h"
#include "base/steady_time.h"
#include "clients/lib/backoff.h"

namespace jpkid::client {
namespace {

bool Readable(int fd) {
  pollfd descriptor = {.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&descriptor, 1, 0) == 1;
}

TEST(InterruptionTest, EndsAWaitThatIsUnderWay) {
  Interruption interruption;
  std::thread user([&] { interruption.Raise(); });
  EXPECT_TRUE(interruption.WaitUntil(SteadyNow() + absl::Seconds(60)));
  user.join();
  EXPECT_TRUE(interruption.raised());
}

TEST(InterruptionTest, StaysRaised) {
  Interruption interruption;
  EXPECT_FALSE(Readable(interruption.fd()));
  interruption.Raise();
  interruption.Raise();
  EXPECT_TRUE(Readable(interruption.fd()));
  EXPECT_TRUE(interruption.WaitUntil(absl::InfiniteFuture()));
  EXPECT_TRUE(interruption.WaitUntil(absl::InfinitePast()));
}

TEST(InterruptionTest, AWaitEndsAtItsTime) {
  Interruption interruption;
  const absl::Time until = SteadyNow() + absl::Milliseconds(5);
  EXPECT_FALSE(interruption.WaitUntil(until));
  EXPECT_GE(SteadyNow(), until);
  EXPECT_FALSE(interruption.WaitUntil(absl::InfinitePast()));
}

TEST(BackoffTest, GivesTheFailureBackWhenTheDeadlineComesFirst) {
  Interruption interruption;
  Backoff backoff(interruption);
  const absl::Status failure = Fail(Reason::kShuttingDown);
  EXPECT_TRUE(backoff.Pause(failure, SteadyNow() + absl::Seconds(60)).ok());
  EXPECT_EQ(backoff.Pause(failure, SteadyNow() + absl::Milliseconds(5)), failure);
}

TEST(BackoffTest, AnInterruptionEndsThePause) {
  Interruption interruption;
  interruption.Raise();
  Backoff backoff(interruption);
  EXPECT_TRUE(
      absl::IsCancelled(backoff.Pause(Fail(Reason::kShuttingDown), absl::InfiniteFuture())));
}

}  // namespace
}  // namespace jpkid::client
