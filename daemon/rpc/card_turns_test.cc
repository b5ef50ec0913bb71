#include "daemon/rpc/card_turns.h"

#include <deque>
#include <future>
#include <thread>

#include "absl/functional/any_invocable.h"
#include <gtest/gtest.h>

#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rpc/server_fixture.h"
#include "jpki/v1/card_service.grpc.pb.h"

// Calls that wait for their turn at a card, from a client's stub to the reader and back.
namespace jpkid::rpc {
namespace {

namespace v1 = jpki::v1;

constexpr char kAlias[] = "sim-0";
constexpr std::size_t kCallers = 8;

class CardTurnsTest : public ServerTest {
 protected:
  ~CardTurnsTest() override { Join(); }

  std::unique_ptr<session::Lease> Hold() {
    return sessions_
        ->Acquire({.reader = kAlias, .client = "a test", .deadline = absl::InfiniteFuture()},
                  [](int) {})
        .value();
  }

  // So many call at once; what each ends with is in codes_.
  void Call(std::size_t callers) {
    contexts_.resize(callers);
    codes_.resize(callers);
    for (std::size_t i = 0; i < callers; ++i) {
      contexts_[i].set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
      callers_.emplace_back([this, i] {
        v1::GetPinStatusRequest request;
        request.set_reader("readers/sim-0");
        v1::GetPinStatusResponse response;
        const grpc::Status status = stub_->GetPinStatus(&contexts_[i], request, &response);
        codes_[i] = status.error_code();
      });
    }
  }
  void Join() {
    for (std::thread& caller : callers_) caller.join();
    callers_.clear();
  }

  // Of a call whose client leaves when `leave` is called.
  static CallInfo InfoOf(absl::AnyInvocable<void() &&>& leave) {
    CallInfo info;
    info.caller = TestCaller{"clerk"};
    info.deadline = SteadyNow() + absl::Seconds(60);
    info.on_gone = [&leave](absl::AnyInvocable<void() &&> listener) {
      leave = std::move(listener);
    };
    return info;
  }

  // Waits until so many are in the queue.
  void AwaitQueue(std::size_t waiting) {
    const absl::Time patience = SteadyNow() + absl::Seconds(60);
    std::uint64_t version = sessions_->List().version;
    while (sessions_->Queue(kAlias)->waiting.size() != waiting && SteadyNow() < patience) {
      version = sessions_->WaitForChange(version, patience).version;
    }
    EXPECT_EQ(sessions_->Queue(kAlias)->waiting.size(), waiting);
  }

  const std::unique_ptr<v1::CardService::Stub> stub_ = v1::CardService::NewStub(Connect());
  std::deque<grpc::ClientContext> contexts_;
  std::vector<grpc::StatusCode> codes_;
  std::vector<std::thread> callers_;
};

TEST_F(CardTurnsTest, WhoGoesAwayIsOutOfTheQueueAndTheOthersAreServed) {
  auto lease = Hold();
  Call(kCallers);
  AwaitQueue(kCallers);
  contexts_[3].TryCancel();
  AwaitQueue(kCallers - 1);
  lease = nullptr;
  Join();
  for (std::size_t i = 0; i < kCallers; ++i) {
    EXPECT_EQ(codes_[i], i == 3 ? grpc::StatusCode::CANCELLED : grpc::StatusCode::OK) << i;
  }
  AwaitQueue(0);
}

TEST_F(CardTurnsTest, WhoWaitsIsToldThatTheDaemonEnds) {
  auto lease = Hold();
  Call(kCallers);
  AwaitQueue(kCallers);
  server_->Refuse();
  sessions_->Stop();
  Join();
  for (const grpc::StatusCode code : codes_) EXPECT_EQ(code, grpc::StatusCode::UNAVAILABLE);
}

// The one who asked has left; what comes of the work is told all the same, so that nobody takes a
// card that was changed for one that was busy.
TEST_F(CardTurnsTest, WorkThatHasBegunIsToldAsItEndedThoughItsCallerHasLeft) {
  absl::AnyInvocable<void() &&> leave;
  const CallInfo info = InfoOf(leave);
  std::promise<void> begun;
  std::promise<void> finish;
  std::promise<absl::StatusOr<int>> told;
  CardTurns(*sessions_, absl::Seconds(60))
      .Begin<int>(info,
                  {.reader = "readers/sim-0",
                   .job =
                       [&](hal::Card&) {
                         begun.set_value();
                         finish.get_future().wait();
                         return 7;
                       }},
                  [&](absl::StatusOr<int> result) { told.set_value(std::move(result)); });
  begun.get_future().wait();
  std::move(leave)();
  auto answer = told.get_future();
  EXPECT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  finish.set_value();
  EXPECT_EQ(answer.get().value(), 7);
}

TEST_F(CardTurnsTest, WorkOfACallerWhoLeftBeforeItIsNeverBegun) {
  auto lease = Hold();
  absl::AnyInvocable<void() &&> leave;
  const CallInfo info = InfoOf(leave);
  absl::StatusOr<int> answer = 0;
  CardTurns(*sessions_, absl::Seconds(60))
      .Begin<int>(info,
                  {.reader = "readers/sim-0",
                   .job =
                       [](hal::Card&) {
                         ADD_FAILURE() << "nobody wants it any more";
                         return 7;
                       }},
                  [&](absl::StatusOr<int> result) { answer = std::move(result); });
  AwaitQueue(1);
  std::move(leave)();
  EXPECT_TRUE(FailedFor(answer.status(), Reason::kReaderBusy)) << answer.status();
  AwaitQueue(0);
  lease = nullptr;
  Call(1);
  Join();
  EXPECT_EQ(codes_[0], grpc::StatusCode::OK);
}

}  // namespace
}  // namespace jpkid::rpc
