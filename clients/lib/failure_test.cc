#include "clients/lib/failure.h"

#include <string>

#include <gtest/gtest.h>

#include "base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace jpkid::client {
namespace {

constexpr absl::string_view kAddress = "unix:/run/jpkid.sock";

// A failure as the daemon sends it.
grpc::Status Wire(grpc::StatusCode code, const std::string& reason, ReasonMetadata metadata,
                  const std::string& words, const std::string& domain = "jpkid") {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(domain);
  info.mutable_metadata()->insert(metadata.begin(), metadata.end());
  google::rpc::LocalizedMessage localized;
  localized.set_locale("ja");
  localized.set_message(words);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  google::rpc::Status status;
  status.set_code(code);
  status.add_details()->PackFrom(info);
  status.add_details()->PackFrom(localized);
  status.add_details()->PackFrom(retry);
  return grpc::Status(code, "in short", status.SerializeAsString());
}

TEST(FailureTest, AReasonOfTheCatalogueComesBackWhole) {
  const absl::Status status =
      FromGrpc(Wire(grpc::StatusCode::PERMISSION_DENIED, "PIN_WRONG",
                    {{"pin", "auth"}, {"tries_left", "2"}}, "words of the daemon"),
               kAddress);
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  const Failure failure = FailureOf(status);
  EXPECT_EQ(failure.reason, Reason::kPinWrong);
  EXPECT_EQ(failure.metadata, (ReasonMetadata{{"pin", "auth"}, {"tries_left", "2"}}));
  EXPECT_EQ(RetryDelay(status, absl::Seconds(9)), absl::Milliseconds(1500));
}

TEST(FailureTest, IsExplainedByTheCatalogueInTheUsersLanguage) {
  const absl::Status status = Fail(Reason::kPinWrong, {{"pin", "auth"}, {"tries_left", "2"}});
  const Explanation english = Explain(status, Language::kEnglish);
  EXPECT_EQ(english.code, "PIN_WRONG");
  EXPECT_EQ(english.message, "The auth PIN is wrong. Tries left: 2.");
  EXPECT_EQ(english.remedy, "Enter the right PIN, or have it reset at the counter.");
  EXPECT_EQ(english.card, CardChange::kUnchanged);
  const Explanation japanese = Explain(status, Language::kJapanese);
  EXPECT_EQ(japanese.message, "暗証番号（利用者証明用）が違います。残り 2 回です。");
  EXPECT_EQ(japanese.remedy, "正しい暗証番号を入力するか、窓口で再設定してください。");
}

TEST(FailureTest, AReasonOfANewerDaemonIsToldInItsOwnWords) {
  const absl::Status status = FromGrpc(
      Wire(grpc::StatusCode::FAILED_PRECONDITION, "MOON_IS_FULL", {}, "満月です。"), kAddress);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  const Explanation told = Explain(status, Language::kEnglish);
  EXPECT_EQ(told.code, "MOON_IS_FULL");
  EXPECT_EQ(told.message, "満月です。");
  EXPECT_EQ(told.card, CardChange::kMaybe);
}

TEST(FailureTest, DetailsOfAnotherDomainAreNotOurs) {
  const absl::Status status =
      FromGrpc(Wire(grpc::StatusCode::NOT_FOUND, "PIN_WRONG", {}, "", "elsewhere"), kAddress);
  EXPECT_EQ(status, absl::NotFoundError("in short"));
  EXPECT_EQ(Explain(status, Language::kEnglish).code, "");
}

TEST(FailureTest, FailuresOfTheTransportGetTheirReason) {
  const absl::Status away =
      FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed"), kAddress);
  EXPECT_EQ(FailureOf(away).reason, Reason::kDaemonUnreachable);
  EXPECT_EQ(FailureOf(away).metadata,
            (ReasonMetadata{{"address", "unix:/run/jpkid.sock"}, {"detail", "Socket closed"}}));
  EXPECT_TRUE(FailedFor(
      FromGrpc(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded"), kAddress),
      Reason::kCallTimeout));
  EXPECT_TRUE(FailedFor(FromGrpc(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "Method"), kAddress),
                        Reason::kNotBuilt));
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::CANCELLED, "gone"), kAddress),
            absl::CancelledError("gone"));
}

TEST(FailureTest, GarbledDetailsAreAsGoodAsNone) {
  const absl::Status status =
      FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "short", "\xff\xff garbage"), kAddress);
  EXPECT_EQ(status, absl::AbortedError("short"));
}

TEST(FailureTest, OnlyAMissingDaemonIsTriedAgain) {
  EXPECT_TRUE(DaemonAway(Fail(Reason::kDaemonUnreachable)));
  EXPECT_TRUE(DaemonAway(Fail(Reason::kShuttingDown)));
  EXPECT_TRUE(DaemonAway(Fail(Reason::kStoreUnavailable)));
  EXPECT_FALSE(DaemonAway(Fail(Reason::kReaderUnavailable)));
  EXPECT_FALSE(DaemonAway(Fail(Reason::kCallTimeout)));
  EXPECT_FALSE(DaemonAway(absl::UnavailableError("who knows")));
  EXPECT_FALSE(DaemonAway(absl::OkStatus()));
}

TEST(FailureTest, WithoutRetryInfoTheCallersDelayHolds) {
  EXPECT_EQ(RetryDelay(Fail(Reason::kOverloaded), absl::Seconds(9)), absl::Seconds(9));
}

}  // namespace
}  // namespace jpkid::client
