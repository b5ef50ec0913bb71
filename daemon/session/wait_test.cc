#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/steady_time.h"
#include "daemon/session/session_fixture.h"

namespace jpkid::session {
namespace {

using ::testing::ElementsAre;

void NoMatter(int) {}

using Waiting = SessionFixture;

TEST_F(Waiting, PositionsAreToldAtOnceAndAtEveryChange) {
  Start();
  std::unique_ptr<Lease> holder = Take("a");
  Client b(*sessions_, RequestOf("b"));
  b.AwaitPosition(1);
  Client c(*sessions_, RequestOf("c"));
  c.AwaitPosition(2);
  EXPECT_EQ(Status().holder, "a");
  EXPECT_EQ(Status().waiting, 2);
  holder.reset();
  holder = b.TakeLease();
  c.AwaitPosition(1);
  EXPECT_EQ(Status().holder, "b");
  holder.reset();
  holder = c.TakeLease();
  EXPECT_THAT(b.positions(), ElementsAre(1));
  EXPECT_THAT(c.positions(), ElementsAre(2, 1));
}

TEST_F(Waiting, AMoreUrgentClientComesFirstAndTheOtherIsTold) {
  Start();
  std::unique_ptr<Lease> holder = Take("a");
  LeaseRequest patient = RequestOf("b");
  patient.priority = Priority::kMonitor;
  Client b(*sessions_, patient);
  b.AwaitPosition(1);
  Client c(*sessions_, RequestOf("c"));
  c.AwaitPosition(1);
  b.AwaitPosition(2);
  holder.reset();
  holder = c.TakeLease();
  holder.reset();
  EXPECT_EQ(b.Result(), absl::OkStatus());
}

TEST_F(Waiting, WhoGivesUpLeavesTheQueue) {
  Start();
  std::unique_ptr<Lease> holder = Take("a");
  LeaseRequest hasty = RequestOf("b");
  hasty.deadline = absl::InfinitePast();
  std::vector<int> positions;
  const auto lease =
      sessions_->Acquire(hasty, [&](int position) { positions.push_back(position); });
  EXPECT_EQ(lease.status(), Fail(Reason::kReaderBusy, {{"holder", "a"}, {"reader", kReader}}));
  EXPECT_THAT(positions, ElementsAre(1));
  EXPECT_EQ(Status().waiting, 0);
  holder.reset();
  EXPECT_NE(Take("c"), nullptr);
}

TEST_F(Waiting, WhoStandsBehindOneThatGivesUpMovesUp) {
  Start();
  const std::unique_ptr<Lease> holder = Take("a");
  LeaseRequest hasty = RequestOf("b");
  hasty.deadline = SteadyNow() + absl::Milliseconds(200);
  Client b(*sessions_, hasty);
  b.AwaitPosition(1);
  LeaseRequest patient = RequestOf("c");
  patient.priority = Priority::kBatch;
  Client c(*sessions_, patient);
  EXPECT_TRUE(FailedFor(b.Result(), Reason::kReaderBusy));
  c.AwaitPosition(1);
  sessions_->Stop();
}

TEST_F(Waiting, TooManyAreRefused) {
  options_.most_waiting = 2;
  options_.most_waiting_per_client = 1;
  Start();
  const std::unique_ptr<Lease> holder = Take("a");
  Client b(*sessions_, RequestOf("b"));
  b.AwaitPosition(1);
  EXPECT_EQ(sessions_->Acquire(RequestOf("b"), NoMatter).status(),
            Fail(Reason::kOverloaded, {{"detail", "1 wait for reader fake-00"}}));
  Client c(*sessions_, RequestOf("c"));
  c.AwaitPosition(2);
  EXPECT_EQ(sessions_->Acquire(RequestOf("d"), NoMatter).status(),
            Fail(Reason::kOverloaded, {{"detail", "2 wait for reader fake-00"}}));
  sessions_->Stop();
}

TEST_F(Waiting, UnknownAndUnpluggedReaders) {
  Start();
  LeaseRequest request = RequestOf("a");
  request.reader = "no-such";
  EXPECT_EQ(sessions_->Acquire(request, NoMatter).status(),
            Fail(Reason::kReaderUnknown, {{"reader", "no-such"}}));
  EXPECT_NE(Take("a"), nullptr);
  readers_->Unplug(kDriverName);
  EXPECT_EQ(sessions_->Acquire(RequestOf("a"), NoMatter).status(),
            Fail(Reason::kReaderUnavailable, {{"detail", "not connected"}, {"reader", kReader}}));
  readers_->Plug(kDriverName);
  const std::uint64_t seen = sessions_->List().version;
  EXPECT_NE(sessions_->WaitForChange(seen - 1, Patience()).readers.size(), 0);
}

TEST_F(Waiting, WhoWaitsForAReaderThatIsUnpluggedIsTold) {
  Start();
  const std::unique_ptr<Lease> holder = Take("a");
  Client b(*sessions_, RequestOf("b"));
  b.AwaitPosition(1);
  readers_->Unplug(kDriverName);
  EXPECT_EQ(b.Result(),
            Fail(Reason::kReaderUnavailable, {{"detail", "not connected"}, {"reader", kReader}}));
}

TEST_F(Waiting, StopEndsEveryWaitAndLetsTheJobFinish) {
  Start();
  readers_->Insert(kDriverName);
  const std::unique_ptr<Lease> holder = Take("a");
  Client b(*sessions_, RequestOf("b"));
  b.AwaitPosition(1);
  const absl::Status job = holder->Run(Patience(), [this, &b](hal::Card& card) {
    sessions_->Stop();
    EXPECT_EQ(b.Result(), Fail(Reason::kShuttingDown));
    return card.TransmitRaw(Bytes{0x00, 0x01}).status();
  });
  EXPECT_EQ(job, absl::OkStatus());
  EXPECT_EQ(Send(*holder, 0x02), Fail(Reason::kShuttingDown));
  EXPECT_EQ(sessions_->Acquire(RequestOf("c"), NoMatter).status(), Fail(Reason::kShuttingDown));
  readers_->ExpectCalls({"open", "transmit 0001", "close"});
}

TEST_F(Waiting, ALeaseMayOutliveTheSessions) {
  Start();
  readers_->Insert(kDriverName);
  const std::unique_ptr<Lease> lease = Take("a");
  EXPECT_EQ(Send(*lease, 0x20, /*verified=*/true), absl::OkStatus());
  sessions_.reset();
  readers_->ExpectCalls({"open", "transmit 0020", "close"});
  EXPECT_EQ(Send(*lease, 0x01), Fail(Reason::kShuttingDown));
}

TEST_F(Waiting, ManyClientsEachGetEveryTurnTheyAskFor) {
  options_.most_waiting_per_client = 1;
  Start();
  readers_->Insert(kDriverName);
  constexpr int kClients = 8;
  constexpr int kTurns = 50;
  std::atomic<int> inside = 0;
  std::vector<std::thread> clients;
  clients.reserve(kClients);
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, name = std::to_string(i)] {
      for (int turn = 0; turn < kTurns; ++turn) {
        const auto lease = sessions_->Acquire(RequestOf(name), NoMatter);
        ASSERT_EQ(lease.status(), absl::OkStatus());
        EXPECT_EQ(inside.fetch_add(1), 0) << "two hold the reader";
        EXPECT_EQ(Send(**lease, 0x01, /*verified=*/turn % 2 == 0), absl::OkStatus());
        inside.fetch_sub(1);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  const std::vector<std::string> calls = readers_->calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "transmit 0001"), kClients * kTurns);
}

TEST_F(Waiting, ReadersAreIndependent) {
  readers_->Plug("Fake 01");
  readers_->Insert("Fake 01");
  Start();
  const std::unique_ptr<Lease> holder = Take("a");
  LeaseRequest other = RequestOf("b");
  other.reader = "fake-01";
  auto lease = sessions_->Acquire(other, NoMatter);
  ASSERT_EQ(lease.status(), absl::OkStatus());
  EXPECT_EQ(Send(**lease, 0x01), absl::OkStatus());
}

}  // namespace
}  // namespace jpkid::session
