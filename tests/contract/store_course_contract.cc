// A case moves with its operation, in the operation's own transactions.

#include <gmock/gmock.h>

#include "base/status.h"
#include "tests/contract/store_contract.h"

namespace jpkid::store {

using testing::ElementsAre;

OperationRecord CaseContract::OperationOf(const std::string& case_id, const std::string& id) const {
  OperationRecord operation = Record(id);
  operation.set_case_id(case_id);
  operation.set_card_serial("CARD-SEEN");
  return operation;
}

CaseRecord CaseContract::RunTo(const std::string& case_id, const std::string& id,
                               OperationRecord::State state, const std::string& reason) {
  OperationRecord operation = OperationOf(case_id, id);
  const Claimed claimed = store_->Create(operation, {}, std::nullopt).value();
  operation.set_state(state);
  if (!reason.empty()) operation.mutable_failure()->set_reason(reason);
  if (reason == "REPLY_FORM_PIN_WRONG") {
    (*operation.mutable_failure()->mutable_metadata())["pin"] = "signature";
  }
  EXPECT_EQ(Write(*store_, operation, claimed.epoch), absl::OkStatus());
  return store_->GetCase(case_id).value();
}

namespace {

std::vector<std::string> Acts(const CaseRecord& record) {
  std::vector<std::string> acts;
  for (const CaseAct& act : record.history()) acts.push_back(act.act());
  return acts;
}

}  // namespace

TEST_P(CaseContract, AnOperationTakesItsCase) {
  Created("a");
  ASSERT_TRUE(store_->Create(OperationOf("a", "op1"), {}, std::nullopt).ok());
  const CaseRecord taken = store_->GetCase("a").value();
  EXPECT_EQ(taken.state(), CaseRecord::IN_PROGRESS);
  EXPECT_EQ(taken.operation_id(), "op1");
  EXPECT_EQ(taken.version(), 2);
  ASSERT_EQ(taken.history_size(), 1);
  EXPECT_EQ(taken.history(0).act(), "run");
  EXPECT_EQ(taken.history(0).actor(), "uid:1000");
  EXPECT_EQ(taken.history(0).detail(), "operations/op1");
  EXPECT_EQ(taken.history(0).state(), CaseRecord::IN_PROGRESS);
  EXPECT_TRUE(taken.application().has_person());
  // The request again is the same operation, and no second try at the case.
  EXPECT_TRUE(store_->Create(OperationOf("a", "op1"), {}, std::nullopt)->existed);
  EXPECT_EQ(store_->GetCase("a")->version(), 2);
}

TEST_P(CaseContract, ACaseThatCannotBeTakenLeavesNoOperation) {
  const CaseRecord ready = Created("a");
  ASSERT_TRUE(store_->Create(OperationOf("a", "op1"), {}, std::nullopt).ok());
  EXPECT_EQ(store_->Create(OperationOf("a", "op2"), {}, std::nullopt).status(),
            Fail(Reason::kCaseState, {{"case", "a"}, {"state", "IN_PROGRESS"}, {"wanted", "run"}}));
  OperationRecord late = OperationOf("a", "op3");
  late.set_case_version(ready.version());
  EXPECT_TRUE(FailedFor(store_->Create(late, {}, std::nullopt).status(), Reason::kCaseChanged));
  EXPECT_TRUE(FailedFor(store_->Create(OperationOf("none", "op4"), {}, std::nullopt).status(),
                        Reason::kCaseUnknown));
  for (const char* id : {"op2", "op3", "op4"}) {
    EXPECT_TRUE(FailedFor(store_->Get(id).status(), Reason::kOperationUnknown)) << id;
  }
  CaseRecord withdrawn = Created("b");
  withdrawn.set_state(CaseRecord::WITHDRAWN);
  ASSERT_TRUE(store_->UpdateCase(withdrawn, 1).ok());
  EXPECT_TRUE(FailedFor(store_->Create(OperationOf("b", "op5"), {}, std::nullopt).status(),
                        Reason::kCaseState));
}

TEST_P(CaseContract, TheSeenVersionIsTakenWhenItStands) {
  OperationRecord operation = OperationOf("a", "op1");
  operation.set_case_version(Created("a").version());
  EXPECT_TRUE(store_->Create(operation, {}, std::nullopt).ok());
}

TEST_P(CaseContract, ASuccessCompletesTheCaseAndErasesWhatIsPersonal) {
  CaseRecord unread = Case("a");
  unread.clear_card_serial();
  ASSERT_TRUE(store_->CreateCase(unread, ToBytes(AsBytes("三田 太郎")), {}).ok());
  const CaseRecord done = RunTo("a", "op1", OperationRecord::SUCCEEDED);
  EXPECT_EQ(done.state(), CaseRecord::COMPLETED);
  EXPECT_THAT(Acts(done), ElementsAre("run", "complete"));
  EXPECT_EQ(done.history(1).actor(), "operations/op1");
  EXPECT_EQ(done.card_serial(), "CARD-SEEN");
  EXPECT_FALSE(done.application().has_person());
  EXPECT_FALSE(store_->GetCaseHolder("a")->has_value());
}

TEST_P(CaseContract, AFailureOrACancellationMakesTheCaseReadyAgain) {
  Created("a");
  const CaseRecord failed = RunTo("a", "op1", OperationRecord::FAILED, "CARD_EXPIRED");
  EXPECT_EQ(failed.state(), CaseRecord::READY);
  EXPECT_EQ(failed.history(1).detail(), "CARD_EXPIRED");
  EXPECT_TRUE(failed.application().has_person());
  EXPECT_TRUE(store_->GetCaseHolder("a")->has_value());
  const CaseRecord cancelled = RunTo("a", "op2", OperationRecord::CANCELLED, "OPERATION_CANCELLED");
  EXPECT_EQ(cancelled.state(), CaseRecord::READY);
  EXPECT_EQ(RunTo("a", "op3", OperationRecord::SUCCEEDED).state(), CaseRecord::COMPLETED);
}

TEST_P(CaseContract, AWrongPinOfTheReplyFormIsAMismatch) {
  Created("a");
  const CaseRecord record = RunTo("a", "op1", OperationRecord::FAILED, "REPLY_FORM_PIN_WRONG");
  EXPECT_EQ(record.state(), CaseRecord::PIN_MISMATCH);
  EXPECT_THAT(record.wrong_pins(), ElementsAre("signature"));
  EXPECT_THAT(Acts(record), ElementsAre("run", "mismatch"));
}

TEST_P(CaseContract, CustodyAndBack) {
  Created("a");
  OperationRecord operation = OperationOf("a", "op1");
  const Claimed claimed = store_->Create(operation, {}, std::nullopt).value();
  const auto write = [&](OperationRecord::State state, bool in_custody) {
    operation.set_state(state);
    operation.set_in_custody(in_custody);
    EXPECT_EQ(Write(*store_, operation, claimed.epoch), absl::OkStatus());
    return store_->GetCase("a")->state();
  };
  EXPECT_EQ(write(OperationRecord::RUNNING, false), CaseRecord::IN_PROGRESS);
  EXPECT_EQ(write(OperationRecord::WAITING, true), CaseRecord::IN_CUSTODY);
  EXPECT_EQ(write(OperationRecord::WAITING, true), CaseRecord::IN_CUSTODY);
  EXPECT_EQ(write(OperationRecord::RUNNING, false), CaseRecord::IN_PROGRESS);
  EXPECT_EQ(write(OperationRecord::WAITING, true), CaseRecord::IN_CUSTODY);
  EXPECT_EQ(write(OperationRecord::SUCCEEDED, false), CaseRecord::COMPLETED);
  EXPECT_THAT(Acts(*store_->GetCase("a")), ElementsAre("run", "hold", "go-on", "hold", "complete"));
}

TEST_P(CaseContract, AWriteThatIsRepeatedOrThatFailsDoesNotMoveTheCase) {
  Created("a");
  OperationRecord operation = OperationOf("a", "op1");
  const Claimed claimed = store_->Create(operation, {}, std::nullopt).value();
  operation.set_state(OperationRecord::FAILED);
  EXPECT_TRUE(FailedFor(Write(*store_, operation, claimed.epoch + 1), Reason::kOwnershipLost));
  EXPECT_EQ(store_->GetCase("a")->state(), CaseRecord::IN_PROGRESS);
  ASSERT_EQ(Write(*store_, operation, claimed.epoch), absl::OkStatus());
  const CaseRecord failed = store_->GetCase("a").value();
  ASSERT_EQ(Write(*store_, operation, claimed.epoch), absl::OkStatus());
  EXPECT_EQ(store_->GetCase("a")->version(), failed.version());
  // Another operation has the case: the first one's repeated end is not its end.
  ASSERT_TRUE(store_->Create(OperationOf("a", "op2"), {}, std::nullopt).ok());
  ASSERT_EQ(Write(*store_, operation, claimed.epoch), absl::OkStatus());
  EXPECT_EQ(store_->GetCase("a")->state(), CaseRecord::IN_PROGRESS);
}

}  // namespace jpkid::store
