#include "base/status.h"

#include <gtest/gtest.h>

namespace jpkid {
namespace {

TEST(Status, CarriesReasonAndMetadata) {
  const absl::Status status = Fail(Reason::kPinWrong, {{"pin", "auth"}, {"tries_left", "2"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(status.message(), "The auth PIN is wrong. Tries left: 2.");
  const Failure failure = FailureOf(status);
  EXPECT_EQ(failure.reason, Reason::kPinWrong);
  EXPECT_EQ(failure.metadata.at("tries_left"), "2");
}

TEST(Status, MetadataSurvivesOddCharacters) {
  const std::string odd = "a=b\nc\\d 市";
  const absl::Status status = Fail(Reason::kInternal, {{"detail", odd}});
  EXPECT_EQ(FailureOf(status).metadata.at("detail"), odd);
}

TEST(Status, AForeignFailureIsInternal) {
  const Failure failure = FailureOf(absl::DataLossError("torn"));
  EXPECT_EQ(failure.reason, Reason::kInternal);
  EXPECT_EQ(failure.metadata.at("detail"), "torn");
}

TEST(Status, OnlyFailGivesAReason) {
  EXPECT_TRUE(HasReason(Fail(Reason::kInternal)));
  EXPECT_FALSE(HasReason(absl::InternalError("torn")));
  EXPECT_FALSE(HasReason(absl::OkStatus()));
}

TEST(Status, MetadataCanBeAddedLater) {
  const absl::Status status = WithMetadata(Fail(Reason::kCardAbsent), "reader", "sim");
  EXPECT_EQ(status.message(), "There is no card on reader 'sim'.");
  EXPECT_TRUE(FailedFor(status, Reason::kCardAbsent));
  EXPECT_TRUE(WithMetadata(absl::OkStatus(), "reader", "sim").ok());
}

absl::StatusOr<int> Twice(absl::StatusOr<int> number) {
  JPKID_ASSIGN_OR_RETURN(const int value, std::move(number));
  return value * 2;
}

TEST(Status, MacrosPassTheFailureOn) {
  EXPECT_EQ(Twice(21).value(), 42);
  EXPECT_TRUE(FailedFor(Twice(Fail(Reason::kCardMute)).status(), Reason::kCardMute));
}

}  // namespace
}  // namespace jpkid
