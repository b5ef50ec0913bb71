#include "daemon/workflow/case_course.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace jpkid::workflow {
namespace {

using enum CaseState;
using enum CaseAct;

constexpr CaseState kStates[] = {kReceived,  kInquiryMailed, kReplyPresented, kReady,   kInProgress,
                                 kInCustody, kCompleted,     kPinMismatch,    kExpired, kWithdrawn};
constexpr CaseAct kActs[] = {kCreate,       kCheckDocuments, kCompleteDocuments, kMailInquiry,
                             kPresentReply, kExpire,         kWithdraw,          kRun,
                             kHold,         kGoOn,           kComplete,          kFail,
                             kMismatch};

// Every state with every act, written out once more by what an act means: the whole matrix.
TEST(CaseCourse, EveryActInEveryState) {
  const std::map<CaseAct, std::map<CaseState, CaseState>> expected = {
      {kCreate, {}},
      {kCheckDocuments, {{kReceived, kReceived}, {kReplyPresented, kReplyPresented}}},
      {kCompleteDocuments, {{kReceived, kReady}, {kReplyPresented, kReady}}},
      {kMailInquiry, {{kReceived, kInquiryMailed}, {kPinMismatch, kInquiryMailed}}},
      {kPresentReply, {{kInquiryMailed, kReplyPresented}}},
      {kExpire, {{kInquiryMailed, kExpired}}},
      {kWithdraw,
       {{kReceived, kWithdrawn},
        {kInquiryMailed, kWithdrawn},
        {kReplyPresented, kWithdrawn},
        {kReady, kWithdrawn},
        {kPinMismatch, kWithdrawn}}},
      {kRun, {{kReady, kInProgress}}},
      {kHold, {{kInProgress, kInCustody}}},
      {kGoOn, {{kInCustody, kInProgress}}},
      {kComplete, {{kInProgress, kCompleted}, {kInCustody, kCompleted}}},
      {kFail, {{kInProgress, kReady}, {kInCustody, kReady}}},
      {kMismatch, {{kInProgress, kPinMismatch}, {kInCustody, kPinMismatch}}},
  };
  for (const CaseAct act : kActs) {
    for (const CaseState state : kStates) {
      const auto& row = expected.at(act);
      const auto found = row.find(state);
      const auto wanted = found == row.end() ? std::nullopt : std::optional(found->second);
      EXPECT_EQ(After(state, act), wanted) << Name(act) << " in " << Name(state);
    }
  }
}

TEST(CaseCourse, TheTableSaysNothingTwice) {
  std::set<std::pair<CaseState, CaseAct>> seen;
  for (const CaseTransition& row : CaseTable()) {
    EXPECT_TRUE(seen.insert({row.from, row.act}).second) << Name(row.act) << Name(row.from);
  }
}

TEST(CaseCourse, ThreeStatesAreEnds) {
  std::set<CaseState> ends;
  for (const CaseState state : kStates) {
    if (HasEnded(state)) ends.insert(state);
  }
  EXPECT_EQ(ends, (std::set<CaseState>{kCompleted, kExpired, kWithdrawn}));
}

TEST(CaseCourse, EveryStateIsReachedAndLeadsToAnEnd) {
  std::set<CaseState> reached = {kFirstCaseState};
  std::set<CaseState> ending = {kCompleted, kExpired, kWithdrawn};
  for (std::size_t round = 0; round < std::size(kStates); ++round) {
    for (const CaseTransition& row : CaseTable()) {
      if (reached.contains(row.from)) reached.insert(row.to);
      if (ending.contains(row.to)) ending.insert(row.from);
    }
  }
  const std::set<CaseState> all(std::begin(kStates), std::end(kStates));
  EXPECT_EQ(reached, all);
  EXPECT_EQ(ending, all);
}

TEST(CaseCourse, NamesAreDistinct) {
  std::set<std::string> names;
  for (const CaseState state : kStates) names.insert(std::string(Name(state)));
  for (const CaseAct act : kActs) names.insert(std::string(Name(act)));
  EXPECT_EQ(names.size(), std::size(kStates) + std::size(kActs));
  EXPECT_FALSE(names.contains("?"));
}

}  // namespace
}  // namespace jpkid::workflow
