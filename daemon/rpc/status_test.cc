#include "daemon/rpc/status.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/rpc/language.h"
#include "google/rpc/error_details.pb.h"

namespace jpkid::rpc {
namespace {

TEST(StatusTest, AFailureCarriesReasonRetryAndWords) {
  const grpc::Status status =
      ToGrpc(Fail(Reason::kReaderBusy, {{"reader", "a"}}), Language::kEnglish);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  const std::string words =
      "Others held reader 'a' for the whole time you were ready to wait. "
      "Try again, or see who holds it with 'jpkictl readers'.";
  EXPECT_EQ(status.error_message(), words);
  google::rpc::Status model;
  ASSERT_TRUE(model.ParseFromString(status.error_details()));
  EXPECT_EQ(model.code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(model.message(), words);
  ASSERT_EQ(model.details_size(), 3);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(model.details(0).UnpackTo(&info));
  EXPECT_EQ(info.ShortDebugString(),
            "reason: \"READER_BUSY\" domain: \"jpkid\" metadata { key: \"reader\" value: \"a\" }");
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(model.details(1).UnpackTo(&retry));
  EXPECT_EQ(retry.ShortDebugString(), "retry_delay { seconds: 1 }");
  google::rpc::LocalizedMessage localized;
  ASSERT_TRUE(model.details(2).UnpackTo(&localized));
  EXPECT_EQ(localized.locale(), "en");
  EXPECT_EQ(localized.message(), words);
}

TEST(StatusTest, WordsComeInTheCallersLanguageAndTheMessageInEnglish) {
  const grpc::Status status = ToGrpc(Fail(Reason::kShuttingDown), Language::kJapanese);

  EXPECT_EQ(status.error_message(),
            "The daemon is stopping. Operations under way go on at its next start.");
  google::rpc::Status model;
  ASSERT_TRUE(model.ParseFromString(status.error_details()));
  google::rpc::LocalizedMessage localized;
  ASSERT_TRUE(model.details(2).UnpackTo(&localized));
  EXPECT_EQ(localized.locale(), "ja");
  EXPECT_EQ(localized.message(),
            "デーモンを停止しています。手続中の処理は次回の起動時に続きます。");
}

TEST(StatusTest, EveryReasonGoesThereAndBack) {
  for (const ReasonRow& row : ReasonCatalogue()) {
    if (row.status == absl::StatusCode::kOk) continue;  // A finding, no failure.
    const absl::Status status = Fail(row.reason, {{"detail", "d"}, {"reader", "r"}});
    EXPECT_EQ(FromErrorModel(ToErrorModel(status, Language::kJapanese)), status) << row.code;
    EXPECT_EQ(ToGrpc(status, Language::kEnglish).error_code(), static_cast<int>(row.status))
        << row.code;
  }
}

TEST(StatusTest, AForeignFailureIsInternal) {
  const grpc::Status status = ToGrpc(absl::NotFoundError("no such table"), Language::kEnglish);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(status.error_message(),
            "Something is wrong in the daemon: no such table. Tell the operator, with the time.");
}

TEST(StatusTest, OkIsOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus(), Language::kEnglish).ok());
  EXPECT_TRUE(FromErrorModel(google::rpc::Status()).ok());
}

TEST(LanguageTest, TheFirstThatTheCatalogueHas) {
  EXPECT_EQ(ParseAcceptLanguage("ja"), Language::kJapanese);
  EXPECT_EQ(ParseAcceptLanguage("JA-jp"), Language::kJapanese);
  EXPECT_EQ(ParseAcceptLanguage("fr, ja;q=0.8, en;q=0.5"), Language::kJapanese);
  EXPECT_EQ(ParseAcceptLanguage("en-GB,ja"), Language::kEnglish);
  EXPECT_EQ(ParseAcceptLanguage("jam"), Language::kEnglish);
  EXPECT_EQ(ParseAcceptLanguage(""), Language::kEnglish);
  EXPECT_EQ(ParseAcceptLanguage(",;,"), Language::kEnglish);
}

}  // namespace
}  // namespace jpkid::rpc
