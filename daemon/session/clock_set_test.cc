// What becomes of limits and waits when the machine's clock is set, by hours and in both
// directions. This program's own clock_gettime goes before the library's, for all that is linked
// into it.

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <ctime>

#include "absl/time/clock.h"
#include <gtest/gtest.h>

#include "base/steady_time.h"
#include "daemon/session/session_fixture.h"
#include "daemon/session/visiting_guest.h"

namespace {

std::atomic<std::int64_t> ahead_seconds = 0;  // Of the machine's clock.

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += ahead_seconds;
  return static_cast<int>(result);
}

namespace jpkid::session {
namespace {

// How far the clock is set while something waits.
class ClockSet : public SessionFixture, public ::testing::WithParamInterface<int> {
 protected:
  ClockSet() {
    readers_->Insert(kDriverName);
    Start();
    SteadyNow();  // Counts from here on.
  }
  ~ClockSet() override {
    readers_->Release();
    ahead_seconds = 0;
  }

  // By so many hours, which the rest of the program notices.
  static void Set() {
    const absl::Time before = absl::Now();
    ahead_seconds = GetParam() * 3600;
    EXPECT_GT(absl::AbsDuration(absl::Now() - before), absl::Minutes(59));
  }

  Stay Enter(VisitRequest request) {
    Stay stay;
    request.turn = RequestOf("a");
    request.exclusive = true;
    auto visit = sessions_->Enter(request, stay.guest);
    EXPECT_EQ(visit.status(), absl::OkStatus());
    if (visit.ok()) stay.visit = *std::move(visit);
    return stay;
  }

  static constexpr absl::Duration kLong = absl::Seconds(60);
};

TEST_P(ClockSet, AnIdleVisitEndsInItsTimeAndABusyOneDoesNot) {
  Stay idle = Enter({.turn = {},
                     .wait_limit = kLong,
                     .job_limit = kLong,
                     .idle_limit = absl::Seconds(1),
                     .total_limit = kLong});
  EXPECT_EQ(idle.guest->Granted(), 1u);
  Set();
  idle.Send(0x01);
  idle.guest->AwaitDone(1);
  EXPECT_TRUE(FailedFor(idle.guest->Ended(), Reason::kLeaseIdle));
}

TEST_P(ClockSet, WhoWaitsIsToldInTime) {
  const std::unique_ptr<Lease> lease = Take("holder");
  Stay waiting = Enter({.turn = {},
                        .wait_limit = absl::Milliseconds(200),
                        .job_limit = kLong,
                        .idle_limit = kLong,
                        .total_limit = kLong});
  waiting.guest->AwaitPosition(1);
  Set();
  EXPECT_TRUE(FailedFor(waiting.guest->Ended(), Reason::kReaderBusy));
}

TEST_P(ClockSet, AHangIsNoticed) {
  Stay hung = Enter({.turn = {},
                     .wait_limit = kLong,
                     .job_limit = absl::Milliseconds(200),
                     .idle_limit = kLong,
                     .total_limit = kLong});
  EXPECT_EQ(hung.guest->Granted(), 1u);
  readers_->HangNext(fakes::DriverCall::kTransmit);
  hung.Send(0x01);
  readers_->WaitForHang();
  Set();
  EXPECT_TRUE(FailedFor(hung.guest->Ended(), Reason::kReaderHung));
}

INSTANTIATE_TEST_SUITE_P(Hours, ClockSet, ::testing::Values(-20, 20));

}  // namespace
}  // namespace jpkid::session
