#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/steady_time.h"
#include "daemon/session/session_fixture.h"

namespace jpkid::session {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using DriverCall = fakes::DriverCall;

absl::Status Hung() { return Fail(Reason::kReaderHung, {{"reader", kReader}}); }

class Hangs : public SessionFixture {
 protected:
  Hangs() {
    readers_->Insert(kDriverName);
    Start();
  }

  // The driver does not come back from a command, and the caller gave up.
  std::unique_ptr<Lease> HangInJob() {
    std::unique_ptr<Lease> lease = Take("a");
    EXPECT_EQ(Send(*lease, 0x01), absl::OkStatus());
    readers_->HangNext(DriverCall::kTransmit);
    const absl::Time deadline = SteadyNow() + absl::Seconds(1);  // For the job to begin.
    const absl::Status status = lease->Run(deadline, [](hal::Card& card) {
      return card.TransmitRaw(Bytes{0x00, 0x02}).status();
    });
    EXPECT_EQ(status, Hung());
    readers_->WaitForHang();
    return lease;
  }

  absl::Status TryToAcquire() {
    return sessions_->Acquire(RequestOf("c"), [](int) {}).status();
  }

  // Waits until the reader is as said.
  void AwaitPresence(hal::Presence presence) {
    const absl::Time patience = Patience();
    ReaderStatusList list = sessions_->List();
    while (list.readers.at(0).hardware.presence != presence && SteadyNow() < patience) {
      list = sessions_->WaitForChange(list.version, patience);
    }
    EXPECT_EQ(list.readers.at(0).hardware.presence, presence);
  }
};

TEST_F(Hangs, TheReaderIsDownAndRefusesAtOnceUntilTheDriverReturns) {
  std::unique_ptr<Lease> lease = HangInJob();
  EXPECT_EQ(Status().hardware.presence, hal::Presence::kUnavailable);
  EXPECT_THAT(Status().hardware.detail, HasSubstr("has not answered since"));
  EXPECT_THAT(Status().holder, IsEmpty());
  EXPECT_EQ(TryToAcquire(), Hung());
  EXPECT_EQ(Send(*lease, 0x03), Hung()) << "the lease is over";
  readers_->Release();
  AwaitPresence(hal::Presence::kPresent);
  EXPECT_EQ(Send(*lease, 0x03), Hung()) << "and stays so";
  EXPECT_EQ(Send(*Take("b"), 0x04), absl::OkStatus());
  readers_->ExpectCalls(
      {"open", "transmit 0001", "transmit 0002", "close", "open", "transmit 0004"});
}

TEST_F(Hangs, AJobThatCouldNotBeginInTimeIsNeverRun) {
  const std::unique_ptr<Lease> lease = Take("a");
  EXPECT_EQ(Send(*lease, 0x01), absl::OkStatus());
  readers_->HangNext(DriverCall::kTransmit);
  bool begun = false;
  EXPECT_EQ(lease->Run(absl::InfinitePast(),
                       [&begun](hal::Card&) {
                         begun = true;
                         return absl::OkStatus();
                       }),
            Hung());
  EXPECT_FALSE(begun);
  AwaitPresence(hal::Presence::kPresent);  // The thread was only late.
  readers_->Release();
}

TEST_F(Hangs, WhoWaitsIsToldAtOnce) {
  const std::unique_ptr<Lease> lease = Take("a");
  Client b(*sessions_, RequestOf("b"));
  b.AwaitPosition(1);
  readers_->HangNext(DriverCall::kOpen);
  EXPECT_EQ(lease->Run(absl::InfinitePast(), [](hal::Card&) { return absl::OkStatus(); }), Hung());
  EXPECT_EQ(b.Result(), Hung());
  readers_->Release();
}

TEST_F(Hangs, APowerDownThatHangsIsNoticedThoughNobodyAsked) {
  sessions_.reset();
  options_.driver_limit = absl::Milliseconds(1);
  Start();
  readers_->HangNext(DriverCall::kPowerDown);
  EXPECT_EQ(Send(*Take("a"), 0x20, /*verified=*/true), absl::OkStatus());
  AwaitPresence(hal::Presence::kUnavailable);
  readers_->Release();
  AwaitPresence(hal::Presence::kPresent);
  EXPECT_EQ(Send(*Take("b"), 0x01), absl::OkStatus());
}

TEST_F(Hangs, ACloseThatHangsHoldsUpTheNextJob) {
  sessions_.reset();
  options_.idle_before_close = absl::ZeroDuration();
  Start();
  readers_->HangNext(DriverCall::kClose);
  EXPECT_EQ(Send(*Take("a"), 0x01), absl::OkStatus());
  readers_->WaitForHang();
  const std::unique_ptr<Lease> next = Take("b");  // Nobody knows yet.
  EXPECT_EQ(next->Run(absl::InfinitePast(), [](hal::Card&) { return absl::OkStatus(); }), Hung());
  EXPECT_EQ(Status().hardware.presence, hal::Presence::kUnavailable);
  readers_->Release();
  AwaitPresence(hal::Presence::kPresent);
}

TEST_F(Hangs, TheEndDoesNotWaitForIt) {
  sessions_.reset();
  options_.driver_limit = absl::Milliseconds(1);
  Start();
  std::unique_ptr<Lease> lease = HangInJob();
  sessions_.reset();
  EXPECT_EQ(Send(*lease, 0x03), Hung());
  lease.reset();
  readers_->Release();
  readers_->ExpectCalls({"open", "transmit 0001", "transmit 0002", "close"});
}

TEST_F(Hangs, OtherReadersGoOn) {
  readers_->Plug("Fake 01");
  readers_->Insert("Fake 01");
  const std::unique_ptr<Lease> hung = HangInJob();
  LeaseRequest other = RequestOf("b");
  other.reader = "fake-01";
  const auto lease = sessions_->Acquire(other, [](int) {});
  ASSERT_EQ(lease.status(), absl::OkStatus());
  EXPECT_EQ(Send(**lease, 0x05), absl::OkStatus());
  readers_->Release();
}

}  // namespace
}  // namespace jpkid::session
