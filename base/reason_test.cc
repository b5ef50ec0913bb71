#include "base/reason.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace jpkid {
namespace {

TEST(ReasonCatalogue, EveryReasonHasItsRowInOrder) {
  std::size_t index = 0;
  for (const ReasonRow& row : ReasonCatalogue()) {
    EXPECT_EQ(static_cast<std::size_t>(row.reason), index) << row.code;
    ++index;
  }
  EXPECT_EQ(index, static_cast<std::size_t>(Reason::kInternal) + 1);
}

TEST(ReasonCatalogue, NoCellIsEmptyAndCodesAreUnique) {
  std::set<std::string> codes;
  for (const ReasonRow& row : ReasonCatalogue()) {
    EXPECT_TRUE(codes.insert(std::string(row.code)).second) << row.code;
    const bool finding = row.reason >= Reason::kSameDay && row.reason <= Reason::kWhereToAsk;
    EXPECT_EQ(row.status == absl::StatusCode::kOk, finding) << row.code;
    for (const auto text : {row.english, row.japanese, row.remedy_english, row.remedy_japanese}) {
      EXPECT_FALSE(text.empty()) << row.code;
    }
    EXPECT_EQ(ReasonFromCode(row.code), row.reason);
  }
  EXPECT_EQ(ReasonFromCode("NO_SUCH_CODE"), std::nullopt);
}

TEST(Reason, TextIsFilledWithMetadata) {
  EXPECT_EQ(Text(Reason::kPinWrong, {{"pin", "auth"}, {"tries_left", "2"}}, Language::kEnglish),
            "The auth PIN is wrong. Tries left: 2.");
  EXPECT_EQ(Text(Reason::kPinWrong, {{"pin", "auth"}}, Language::kEnglish),
            "The auth PIN is wrong. Tries left: ?.");
}

TEST(Reason, WhatStandsInBracketsIsLeftOutUntilItsValueIsKnown) {
  EXPECT_EQ(Remedy(Reason::kMaintenanceDay, {{"next", "2027-12-30 09:00"}}, Language::kEnglish),
            "Next opening: 2027-12-30 09:00.");
  EXPECT_EQ(Remedy(Reason::kMaintenanceDay, {}, Language::kEnglish), "");
  EXPECT_EQ(Remedy(Reason::kMaintenanceDay, {}, Language::kJapanese), "");
  // A value's own brackets are nothing of the text.
  EXPECT_EQ(Text(Reason::kCaRejected, {{"detail", "[x]"}}, Language::kEnglish),
            "The certificate authority refused the request: [x].");
}

TEST(Reason, ARemedyEndsWithWhatElseThereIsAndWhomToAsk) {
  const ReasonMetadata metadata = {
      {"also", "Too late."}, {"also_ja", "遅すぎます。"}, {"office", "X"}, {"office_ja", "エ"}};
  EXPECT_EQ(Remedy(Reason::kMaintenanceDay, metadata, Language::kEnglish), "Too late.\nAsk: X.");
  EXPECT_EQ(Remedy(Reason::kAppointmentNeeded, metadata, Language::kJapanese),
            "先に予約をお取りください。\n遅すぎます。\nお問い合わせ：エ");
  EXPECT_EQ(Remedy(Reason::kWhereToAsk, {{"office", "X"}}, Language::kEnglish),
            "Call before you come.");
}

TEST(Reason, PinsAndCertificatesHaveTheirNamesInJapanese) {
  EXPECT_EQ(Text(Reason::kPinWrong, {{"pin", "auth"}, {"tries_left", "2"}}, Language::kJapanese),
            "暗証番号（利用者証明用）が違います。残り 2 回です。");
  EXPECT_EQ(Text(Reason::kCertificateAbsent, {{"kind", "signature"}}, Language::kJapanese),
            "カードに証明書（署名用）が記録されていません。");
  EXPECT_EQ(Text(Reason::kPinBlocked, {{"pin", "signature"}}, Language::kEnglish),
            "The signature PIN is locked.");
}

}  // namespace
}  // namespace jpkid
