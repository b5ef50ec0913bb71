#include <gtest/gtest.h>

#include "daemon/rpc/guard_fixture.h"

// A repeated request, from the client to the work and back.
namespace jpkid::rpc {
namespace {

TEST_F(GuardTest, ARepeatGetsTheFirstAnswerAndNothingIsDoneTwice) {
  Start();
  v1::ChangePinResponse first;
  v1::ChangePinResponse second;
  ASSERT_TRUE(ChangePin("readers/a", "r-1", &first).ok());
  ASSERT_TRUE(ChangePin("readers/a", "r-1", &second).ok());
  EXPECT_EQ(fake_.changes_, 1);
  EXPECT_EQ(second.ShortDebugString(), first.ShortDebugString());
  ASSERT_TRUE(ChangePin("readers/a", "r-2", &second).ok());
  EXPECT_EQ(fake_.changes_, 2);
}

TEST_F(GuardTest, ARepeatOfAWrongPinCostsNoSecondTry) {
  Start();
  v1::ChangePinResponse response;
  const grpc::Status first = ChangePin("readers/wrong", "r-1", &response);
  const grpc::Status second = ChangePin("readers/wrong", "r-1", &response);
  EXPECT_EQ(fake_.changes_, 1);
  EXPECT_EQ(ReasonOf(first), Reason::kPinWrong);
  EXPECT_EQ(second.error_message(), first.error_message());
}

TEST_F(GuardTest, WhatChangedNothingMayBeTriedAnew) {
  Start();
  v1::ChangePinResponse response;
  EXPECT_EQ(ReasonOf(ChangePin("readers/none", "r-1", &response)), Reason::kCardAbsent);
  EXPECT_EQ(ReasonOf(ChangePin("readers/none", "r-1", &response)), Reason::kCardAbsent);
  EXPECT_EQ(fake_.changes_, 2);
}

TEST_F(GuardTest, ARequestThatNamesItselfNotIsRefused) {
  Start();
  v1::ChangePinResponse response;
  for (const std::string& id : {std::string(), std::string("a b"), std::string(129, 'x')}) {
    EXPECT_EQ(ReasonOf(ChangePin("readers/a", id, &response)), Reason::kArgumentInvalid) << id;
  }
  EXPECT_EQ(fake_.changes_, 0);
}

TEST_F(GuardTest, TheSameIdForAnotherRequestIsRefused) {
  Start();
  v1::ChangePinResponse response;
  ASSERT_TRUE(ChangePin("readers/a", "r-1", &response).ok());
  EXPECT_EQ(ReasonOf(ChangePin("readers/b", "r-1", &response)), Reason::kRequestIdReused);
}

}  // namespace
}  // namespace jpkid::rpc
