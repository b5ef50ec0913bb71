#include "daemon/store/case_acts.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::store {
namespace {

using Act = workflow::CaseAct;

TEST(CaseActs, EveryStateOfARecordHasOneOfTheCourse) {
  const auto* states = CaseRecord::State_descriptor();
  for (int i = 0; i < states->value_count(); ++i) {
    const auto state = static_cast<CaseRecord::State>(states->value(i)->number());
    if (state == CaseRecord::STATE_UNSPECIFIED) continue;
    CaseRecord record;
    record.set_state(state);
    EXPECT_EQ(RecordState(StateOf(record)), state) << states->value(i)->name();
    EXPECT_EQ(workflow::Name(StateOf(record)), states->value(i)->name());
  }
}

TEST(CaseActs, AnActMovesTheCaseAndIsWrittenDown) {
  CaseRecord record;
  record.set_id("a");
  ASSERT_EQ(Apply(record, Act::kCreate, {.actor = "uid:1", .time_us = 5}), absl::OkStatus());
  ASSERT_EQ(Apply(record, Act::kMailInquiry, {.actor = "uid:2", .time_us = 7, .detail = "d"}),
            absl::OkStatus());
  EXPECT_EQ(record.state(), CaseRecord::INQUIRY_MAILED);
  EXPECT_EQ(record.update_time_us(), 7);
  ASSERT_EQ(record.history_size(), 2);
  EXPECT_EQ(record.history(0).act(), "create");
  EXPECT_EQ(record.history(0).state(), CaseRecord::RECEIVED);
  EXPECT_EQ(record.history(1).actor(), "uid:2");
  EXPECT_EQ(record.history(1).time_us(), 7);
  EXPECT_EQ(record.history(1).act(), "mail-inquiry");
  EXPECT_EQ(record.history(1).state(), CaseRecord::INQUIRY_MAILED);
  EXPECT_EQ(record.history(1).detail(), "d");
}

TEST(CaseActs, WhatIsNotPossibleChangesNothing) {
  CaseRecord record;
  record.set_id("a");
  record.set_state(CaseRecord::COMPLETED);
  const std::string before = record.SerializeAsString();
  EXPECT_EQ(Apply(record, Act::kRun, {.actor = "uid:1"}),
            Fail(Reason::kCaseState, {{"case", "a"}, {"state", "COMPLETED"}, {"wanted", "run"}}));
  EXPECT_EQ(record.SerializeAsString(), before);
}

TEST(CaseActs, NothingIsDoneToACaseInAStateOfANewerDaemon) {
  CaseRecord record;
  record.set_state(static_cast<CaseRecord::State>(99));
  for (const Act act : {Act::kRun, Act::kWithdraw, Act::kMailInquiry, Act::kPresentReply}) {
    EXPECT_TRUE(FailedFor(Apply(record, act, {}), Reason::kCaseState));
  }
}

}  // namespace
}  // namespace jpkid::store
