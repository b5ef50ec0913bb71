#include "daemon/session/visit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/steady_time.h"
#include "daemon/session/session_fixture.h"
#include "daemon/session/visiting_guest.h"

namespace jpkid::session {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using DriverCall = fakes::DriverCall;
using Calls = std::vector<std::string>;

class Visits : public SessionFixture {
 protected:
  Visits() { readers_->Insert(kDriverName); }
  ~Visits() override { readers_->Release(); }

  Stay Enter(const std::string& client, bool exclusive) {
    Stay stay;
    request_.turn = RequestOf(client);
    request_.exclusive = exclusive;
    auto visit = sessions_->Enter(request_, stay.guest);
    EXPECT_EQ(visit.status(), absl::OkStatus());
    if (visit.ok()) stay.visit = *std::move(visit);
    return stay;
  }

  VisitRequest request_ = {.turn = {},
                           .wait_limit = absl::Seconds(60),
                           .job_limit = absl::Seconds(60),
                           .idle_limit = absl::Seconds(60),
                           .total_limit = absl::Seconds(60)};
};

TEST_F(Visits, NobodyComesBetweenTheJobsOfAnExclusiveOne) {
  Start();
  Stay a = Enter("a", true);
  EXPECT_EQ(a.guest->Granted(), 1u);
  Stay b = Enter("b", true);
  b.Send(0x0B);  // Before its grant: it waits for that.
  b.guest->AwaitPosition(1);
  a.Send(0x01);
  a.Send(0x02);
  a.guest->AwaitDone(2);
  a.visit = nullptr;
  EXPECT_EQ(b.guest->Granted(), 1u);
  b.guest->AwaitDone(1);
  readers_->ExpectCalls({"open", "transmit 0001", "transmit 0002", "transmit 000B"});
}

TEST_F(Visits, JobsOfSharedOnesTakeTurnsAndNothingIsCleared) {
  Start();
  Stay a = Enter("a", false);
  Stay b = Enter("b", false);
  EXPECT_EQ(a.guest->Granted(), 1u);
  EXPECT_EQ(b.guest->Granted(), 1u);
  {
    const std::unique_ptr<Lease> lease = Take("c");
    a.Send(0x01);
    a.Send(0x02);
    b.Send(0x0A);
    b.Send(0x0B);
  }
  a.guest->AwaitDone(2);
  b.guest->AwaitDone(2);
  readers_->ExpectCalls(
      {"open", "transmit 0001", "transmit 000A", "transmit 0002", "transmit 000B"});
}

TEST_F(Visits, WhatWasVerifiedIsClearedBeforeTheNextTurn) {
  Start();
  Stay a = Enter("a", true);
  a.Send(0x20, true);
  a.guest->AwaitDone(1);
  Stay b = Enter("b", false);
  a.visit = nullptr;
  EXPECT_EQ(b.guest->Granted(), 1u);
  b.Send(0x0B);
  b.guest->AwaitDone(1);
  readers_->ExpectCalls({"open", "transmit 0020", "power-down", "transmit 000B"});
}

TEST_F(Visits, LimitsEndThem) {
  Start();
  request_.idle_limit = absl::Milliseconds(30);
  Stay idle = Enter("a", true);
  EXPECT_TRUE(FailedFor(idle.guest->Ended(), Reason::kLeaseIdle));
  request_.idle_limit = absl::Seconds(60);
  request_.total_limit = absl::Milliseconds(30);
  Stay total = Enter("a", true);
  EXPECT_TRUE(FailedFor(total.guest->Ended(), Reason::kLeaseTimeUp));
  total.Send(0x01);  // Nobody hears it.
  const std::unique_ptr<Lease> lease = Take("c", /*soon=*/true);
  request_.wait_limit = absl::Milliseconds(30);
  Stay waiting = Enter("b", true);
  EXPECT_EQ(waiting.guest->Ended(),
            Fail(Reason::kReaderBusy, {{"reader", kReader}, {"holder", "c"}}));
  EXPECT_EQ(Status().waiting, 0);
  readers_->ExpectCalls({"open"});
}

TEST_F(Visits, ABusyOneIsNotIdle) {
  Start();
  request_.idle_limit = absl::Seconds(1);
  Stay stay = Enter("a", true);
  const absl::Time end = SteadyNow() + absl::Milliseconds(1500);
  std::size_t sent = 0;
  while (SteadyNow() < end) {
    stay.Send(0x01);
    stay.guest->AwaitDone(++sent);
  }
  EXPECT_EQ(stay.guest->ends(), 0u);
  EXPECT_TRUE(FailedFor(stay.guest->Ended(), Reason::kLeaseIdle));
}

TEST_F(Visits, AnotherInsertionEndsThemOnceAndNothingReachesTheNewCard) {
  Start();
  Stay exclusive = Enter("a", true);
  EXPECT_EQ(exclusive.guest->Granted(), 1u);
  readers_->Swap(kDriverName);
  EXPECT_EQ(exclusive.guest->Ended(),
            Fail(Reason::kLeaseStale, {{"reader", kReader}, {"expected", "1"}, {"found", "2"}}));
  exclusive.Send(0x01);
  Stay shared = Enter("a", false);
  EXPECT_EQ(shared.guest->Granted(), 2u);
  readers_->Remove(kDriverName);
  EXPECT_TRUE(FailedFor(shared.guest->Ended(), Reason::kCardRemoved));
  EXPECT_EQ(exclusive.guest->ends() + shared.guest->ends(), 2u);
  EXPECT_THAT(readers_->calls(), Not(Contains("transmit 0001")));
}

TEST_F(Visits, ASharedOneOutlivesTheConnection) {
  options_.idle_before_close = absl::ZeroDuration();
  Start();
  Stay stay = Enter("a", false);
  readers_->ExpectCalls({"open", "close"});
  stay.Send(0x01);
  stay.guest->AwaitDone(1);
  readers_->ExpectCalls({"open", "close", "open", "transmit 0001", "close"});
}

TEST_F(Visits, WhoLeavesWhileWaitingIsOutAtOnce) {
  Start();
  const std::unique_ptr<Lease> lease = Take("c");
  Stay a = Enter("a", true);
  Stay b = Enter("b", true);
  b.guest->AwaitPosition(2);
  a.visit = nullptr;
  b.guest->AwaitPosition(1);
  const QueueStatus queue = *sessions_->Queue(kReader);
  EXPECT_EQ(queue.holder->client, "c");
  ASSERT_EQ(queue.waiting.size(), 1u);
  EXPECT_EQ(queue.waiting[0].client, "b");
  EXPECT_TRUE(queue.waiting[0].exclusive);
  EXPECT_EQ(a.guest->ends(), 0u);
}

TEST_F(Visits, WhoLeavesInAJobGivesTheTurnBackAfterIt) {
  Start();
  Stay a = Enter("a", true);
  EXPECT_EQ(a.guest->Granted(), 1u);
  readers_->HangNext(DriverCall::kTransmit);
  a.Send(0x01);
  readers_->WaitForHang();
  a.Send(0x02);
  Stay b = Enter("b", true);
  a.visit = nullptr;
  b.guest->AwaitPosition(1);
  readers_->Release();
  EXPECT_EQ(b.guest->Granted(), 1u);
  readers_->ExpectCalls({"open", "transmit 0001"});
}

TEST_F(Visits, HungReadersStoppingAndOperatorsEndThem) {
  options_.look_every = absl::Milliseconds(5);
  Start();
  request_.job_limit = absl::Milliseconds(300);
  Stay hung = Enter("a", true);
  EXPECT_EQ(hung.guest->Granted(), 1u);
  readers_->HangNext(DriverCall::kTransmit);
  hung.Send(0x01);
  EXPECT_EQ(hung.guest->Ended(), Fail(Reason::kReaderHung, {{"reader", kReader}}));
  EXPECT_TRUE(FailedFor(sessions_->Enter(request_, hung.guest).status(), Reason::kReaderHung));
  readers_->Release();
  while (Status().hardware.presence == hal::Presence::kUnavailable) {
    sessions_->WaitForChange(sessions_->List().version, SteadyNow() + absl::Milliseconds(10));
  }
  request_.job_limit = absl::Seconds(60);
  Stay released = Enter("a", true);
  EXPECT_EQ(released.guest->Granted(), 1u);
  EXPECT_TRUE(sessions_->EndVisit(kReader));
  EXPECT_FALSE(sessions_->EndVisit(kReader));
  EXPECT_TRUE(FailedFor(released.guest->Ended(), Reason::kLeaseTimeUp));
  Stay stopped = Enter("a", true);
  EXPECT_EQ(stopped.guest->Granted(), 1u);
  sessions_->Stop();
  EXPECT_EQ(stopped.guest->Ended(), Fail(Reason::kShuttingDown));
}

TEST_F(Visits, WithoutACardTheyEnd) {
  readers_->Remove(kDriverName);
  Start();
  EXPECT_TRUE(FailedFor(Enter("a", true).guest->Ended(), Reason::kCardAbsent));
  EXPECT_EQ(sessions_->Acquire(RequestOf("b"), [](int) {}).status(), absl::OkStatus());
}

TEST_F(Visits, OneJobInATurnOfItsOwn) {
  Start();
  Guest guest;
  const auto once = [&](absl::Time deadline) {
    LeaseRequest request = RequestOf("b");
    request.deadline = deadline;
    return *sessions_->Once(
        request, absl::Seconds(60),
        [](hal::Card& card) {
          return card.TransmitRaw(Bytes{0x00, 0x0B}).status();
        },
        [&guest](const absl::Status& status) { guest.OnDone(status); });
  };
  std::shared_ptr<void> left;
  std::shared_ptr<void> kept;
  {
    const std::unique_ptr<Lease> lease = Take("c");
    left = once(Patience());
    kept = once(Patience());
    left = nullptr;
    EXPECT_EQ(Status().waiting, 1);
  }
  guest.AwaitDone(1);
  readers_->ExpectCalls({"open", "transmit 000B"});
}

}  // namespace
}  // namespace jpkid::session
