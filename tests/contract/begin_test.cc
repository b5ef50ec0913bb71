// How an operation is begun: once for each request, and for its own card.

#include "base/status.h"
#include "tests/contract/counter.h"

namespace jpkid {
namespace {

using store::OperationRecord;

TEST_F(Counter, TheSameRequestIsDoneOnce) {
  Open(NewCard());
  const OperationRecord first = IssueToEnd(Request());
  const OperationRecord second = runner_->Begin(Request()).value();
  EXPECT_EQ(second.id(), first.id());
  EXPECT_EQ(second.state(), OperationRecord::SUCCEEDED);
  // Also where it could not be begun any more.
  StopDaemon();
  limits_.suspended[rules::Procedure::kIssue] = "the national system is closed";
  StartDaemon();
  EXPECT_EQ(runner_->Begin(Request()).value().id(), first.id());
  EXPECT_TRUE(FailedFor(runner_->Begin(Request("r2")).status(), Reason::kOperationSuspended));
}

TEST_F(Counter, ARequestIdForAnotherHolderIsRefused) {
  Open(NewCard());
  runner::RunRequest request = Request();
  request.holder = ca::Holder{.name = "三田 太郎",
                              .address = "兵庫県三田市",
                              .sex = ca::Sex::kMale,
                              .birth_date = absl::CivilDay(1980, 2, 17)};
  const std::string id = runner_->Begin(request)->id();
  EXPECT_EQ(runner_->Begin(request)->id(), id);
  request.holder->name = "三田 花子";
  EXPECT_TRUE(FailedFor(runner_->Begin(request).status(), Reason::kRequestIdReused));
  ASSERT_EQ(ServeToEnd(id).state(), OperationRecord::SUCCEEDED);
  EXPECT_EQ(store_->Get(id)->request_digest(), "") << "erased with the holder's data";
}

// A card that lies there and is tried again and again is nobody who acts.
TEST_F(Counter, TheWaitForTheRightCardHasAnEndThoughAnotherLiesThere) {
  limits_.input_wait = absl::Seconds(3);  // Longer than the pause between two tries.
  Open(NewCard());
  runner::RunRequest request = Request();
  request.card_serial = "999999999999999";
  const OperationRecord record = ServeToEnd(runner_->Begin(request)->id());
  EXPECT_EQ(record.state(), OperationRecord::FAILED);
  EXPECT_EQ(record.failure().reason(), "INPUT_TIMEOUT");
  EXPECT_FALSE(record.failure().card_changed());
}

}  // namespace
}  // namespace jpkid
