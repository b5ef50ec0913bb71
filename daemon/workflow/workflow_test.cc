#include "daemon/workflow/workflow.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jpkid::workflow {
namespace {

std::vector<std::string> Course(int kinds) {
  std::vector<std::string> names;
  for (Position at; at.step != Step::kEnded; at = Next(at, Outcome::kDone, kinds)) {
    names.push_back(std::string(Name(at.step)));
  }
  return names;
}

TEST(Table, EveryStepHasItsRowInOrderAndItsOwnName) {
  std::size_t index = 0;
  std::set<std::string> names;
  for (const StepRow& row : Table()) {
    EXPECT_EQ(static_cast<std::size_t>(row.step), index++);
    EXPECT_TRUE(names.insert(std::string(row.name)).second) << row.name;
    EXPECT_EQ(ParseStep(row.name), row.step);
  }
  EXPECT_EQ(index, static_cast<std::size_t>(Step::kEnded) + 1);
  EXPECT_EQ(ParseStep("no-such-step"), std::nullopt);
}

TEST(Course, OneCertificate) {
  EXPECT_THAT(Course(1),
              testing::ElementsAre("identify", "check-eligibility", "unlock", "make-key",
                                   "sign-request", "submit", "write", "read-back", "activate",
                                   "prove", "confirm", "revoke-old", "receipt"));
}

TEST(Course, TheSecondCertificateStartsWhenTheFirstIsFinished) {
  const std::vector<std::string> course = Course(2);
  EXPECT_EQ(course.size(), 22u);
  EXPECT_EQ(course[12], "make-key");
  EXPECT_EQ(course[21], "receipt");
}

// Each position that the table can reach, by whatever outcomes.
std::vector<Position> Reachable(int kinds) {
  std::vector<Position> found = {Position()};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Outcome outcome : {Outcome::kDone, Outcome::kFailed}) {
      const Position next = Next(found[i], outcome, kinds);
      if (std::find(found.begin(), found.end(), next) == found.end()) found.push_back(next);
    }
  }
  return found;
}

TEST(Course, EndsWhateverHappens) {
  for (const Position& start : Reachable(2)) {
    for (unsigned outcomes = 0; outcomes < 1u << 10; ++outcomes) {
      Position at = start;
      int taken = 0;
      for (; at.step != Step::kEnded && taken < 64; ++taken) {
        const bool fails = taken < 10 && (outcomes >> taken & 1) != 0;
        at = Next(at, fails ? Outcome::kFailed : Outcome::kDone, 2);
      }
      ASSERT_EQ(at.step, Step::kEnded) << Name(start.step);
    }
  }
}

std::vector<std::string> CourseAfterFailureAt(Step step) {
  std::vector<std::string> names;
  for (Position at = Next({.step = step}, Outcome::kFailed, 2); at.step != Step::kEnded;
       at = Next(at, Outcome::kDone, 2)) {
    names.push_back(std::string(Name(at.step)));
  }
  return names;
}

TEST(Course, AFailureIsUndoneAsFarAsNothingCameIntoForceAndSettledWhereItDid) {
  const std::vector<std::string> settled = {"settle-new", "settle-old"};
  const std::vector<std::string> undone = {"drop-pending", "revoke-new", "settle-new",
                                           "settle-old"};
  for (const Step step : {Step::kIdentify, Step::kCheckEligibility, Step::kUnlock}) {
    EXPECT_TRUE(CourseAfterFailureAt(step).empty()) << Name(step);
  }
  for (const Step step :
       {Step::kMakeKey, Step::kSignRequest, Step::kSubmit, Step::kWrite, Step::kReadBack}) {
    EXPECT_EQ(CourseAfterFailureAt(step), undone) << Name(step);
  }
  EXPECT_THAT(CourseAfterFailureAt(Step::kActivate),
              testing::ElementsAre("look-in-force", "drop-pending", "revoke-new", "settle-new",
                                   "settle-old"));
  // No further certificate is begun.
  EXPECT_EQ(CourseAfterFailureAt(Step::kProve), settled);
  EXPECT_EQ(CourseAfterFailureAt(Step::kRevokeNew), settled);
}

TEST(Course, WhatSettlesTheBooksIsNeverGivenUp) {
  std::vector<std::string> names;
  for (const StepRow& row : Table()) {
    if (IsNeverGivenUp(row.step)) names.push_back(std::string(row.name));
  }
  EXPECT_THAT(names, testing::ElementsAre("confirm", "revoke-old", "receipt", "look-in-force",
                                          "settle-new", "settle-old"));
}

TEST(Course, TheCardIsNeededUntilTheLastOneIsProved) {
  EXPECT_TRUE(NeedsCard({.step = Step::kSubmit}, 1));
  EXPECT_TRUE(NeedsCard({.step = Step::kProve}, 1));
  EXPECT_FALSE(NeedsCard({.step = Step::kConfirm}, 1));
  EXPECT_TRUE(NeedsCard({.step = Step::kConfirm}, 2));
  EXPECT_TRUE(NeedsCard({.step = Step::kRevokeOld}, 2));
  EXPECT_FALSE(NeedsCard({.step = Step::kRevokeOld, .kind_index = 1}, 2));
  EXPECT_FALSE(NeedsCard({.step = Step::kRevokeNew}, 2));
  EXPECT_FALSE(NeedsCard({.step = Step::kSettleNew}, 2));
}

TEST(Progress, WhatIsUndoneIsNone) {
  const Progress progress = ProgressAt({.step = Step::kRevokeNew}, 1);
  EXPECT_EQ(progress.percent, 0);
  EXPECT_EQ(progress.steps, 13);
}

TEST(Cancel, UntilTheFirstActivation) {
  EXPECT_TRUE(MayCancel({.step = Step::kIdentify}));
  EXPECT_TRUE(MayCancel({.step = Step::kReadBack}));
  EXPECT_FALSE(MayCancel({.step = Step::kActivate}));
  EXPECT_FALSE(MayCancel({.step = Step::kProve}));
  EXPECT_FALSE(MayCancel({.step = Step::kMakeKey, .kind_index = 1}));
}

TEST(Progress, NeverGoesBackAndStaysBelowTheEnd) {
  for (const int kinds : {1, 2}) {
    int step = 0;
    int percent = -1;
    for (Position at; at.step != Step::kEnded; at = Next(at, Outcome::kDone, kinds)) {
      const Progress progress = ProgressAt(at, kinds);
      EXPECT_EQ(progress.step, ++step);
      EXPECT_GE(progress.percent, percent);
      EXPECT_LT(progress.percent, 100);
      EXPECT_EQ(progress.steps, 3 + 9 * kinds + 1);
      percent = progress.percent;
    }
  }
}

}  // namespace
}  // namespace jpkid::workflow
