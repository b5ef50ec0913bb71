#include <algorithm>

#include <gmock/gmock.h>

#include "base/status.h"
#include "daemon/desk/desk_fixture.h"

namespace jpkid::desk {
namespace {

using rules::Applicant;
using store::CaseRecord;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(DeskTest, APreviewAsksTheRulesAndChangesNothing) {
  const Preview open = desk_->PreviewProcedure(Issue(Applicant::kHolder), {}, "").value();
  EXPECT_EQ(open.municipality->id(), "sanda");
  EXPECT_TRUE(open.decision.allowed);
  EXPECT_EQ(open.decision.visits, 1);
  const Preview closed =
      desk_->PreviewProcedure(Issue(Applicant::kHolder), Morning(absl::CivilDay(2026, 6, 14)), "")
          .value();
  EXPECT_FALSE(closed.decision.allowed);
  const Preview training = desk_
                               ->PreviewProcedure(Issue(Applicant::kHolder),
                                                  Morning(absl::CivilDay(2026, 6, 14)), "training")
                               .value();
  EXPECT_TRUE(training.decision.allowed);
  EXPECT_TRUE(FailedFor(desk_->PreviewProcedure(Issue(Applicant::kHolder), {}, "none").status(),
                        Reason::kMunicipalityUnknown));
  EXPECT_TRUE(desk_->ListCases({}, 10, "")->cases.empty());
}

TEST_F(DeskTest, WhatIsSuspendedTodayIsToldInThePreview) {
  desk_ = Open({.suspended = {{rules::Procedure::kIssue, "the national system is closed"}}});
  const auto told = [&](const rules::Application& application, std::optional<absl::Time> at) {
    const Preview preview = desk_->PreviewProcedure(application, at, "training").value();
    EXPECT_TRUE(preview.decision.allowed);
    return std::ranges::count(preview.decision.findings, Reason::kOperationSuspended,
                              &rules::Finding::reason);
  };
  EXPECT_EQ(told(Issue(Applicant::kHolder), {}), 1);
  EXPECT_EQ(told(Issue(Applicant::kHolder), clock_.Now() + absl::Hours(48)), 0) << "not for ever";
  EXPECT_EQ(told(RenewalWithForm(), {}), 0);
}

TEST_F(DeskTest, OneVisitWithAllItemsIsReadyAtOnce) {
  const CaseRecord record =
      desk_->CreateCase(New(Issue(Applicant::kHolder), {"HOLDER_CARD", "PREVIOUS_PINS"})).value();
  EXPECT_EQ(record.state(), CaseRecord::READY);
  EXPECT_EQ(record.version(), 1);
  EXPECT_THAT(Acts(record), ElementsAre("create", "complete-documents"));
  EXPECT_EQ(record.history(0).actor(), "uid:1000");
  EXPECT_EQ(record.history(0).state(), CaseRecord::RECEIVED);
  EXPECT_EQ(record.creator(), "uid:1000");
  EXPECT_EQ(record.municipality(), "training");
  EXPECT_TRUE(record.training());
  EXPECT_EQ(record.decision().auth_expiry(), "2031-02-17");
  EXPECT_THAT(record.decision().kinds(), ElementsAre("auth", "signature"));
  EXPECT_THAT(MissingItems(record), IsEmpty());
  ASSERT_EQ(record.documents_size(), 2);
  EXPECT_EQ(record.documents(0).checked_by(), "uid:1000");
  EXPECT_EQ(desk_->GetCase(record.id())->DebugString(), record.DebugString());
  EXPECT_EQ(AsText(**store_->GetCaseHolder(record.id())), "三田 太郎");
}

TEST_F(DeskTest, WhatIsMissingOfTheOnlyVisitMayBeShownLater) {
  const CaseRecord received =
      desk_->CreateCase(New(Issue(Applicant::kHolder), {"HOLDER_CARD"})).value();
  EXPECT_EQ(received.state(), CaseRecord::RECEIVED);
  EXPECT_THAT(MissingItems(received), ElementsAre("PREVIOUS_PINS"));
  EXPECT_TRUE(FailedFor(desk_->MailInquiry(Seen(received)).status(), Reason::kCaseState));
  const CaseRecord ready =
      desk_->PresentReply(Seen(received), {.checked_items = {"PREVIOUS_PINS"}}).value();
  EXPECT_EQ(ready.state(), CaseRecord::READY);
  EXPECT_EQ(ready.documents(1).checked_by(), "uid:1001");
}

TEST_F(DeskTest, ARefusalFailsWithItsFirstReasonAndLeavesNothing) {
  rules::Application application = Issue(Applicant::kHolder);
  application.not_registered = true;
  EXPECT_TRUE(FailedFor(desk_->CreateCase(New(application, {})).status(), Reason::kNotRegistered));
  const auto sanda = Open({.municipality = "sanda"});
  clock_.Set(Morning(absl::CivilDay(2026, 6, 14)));  // A Sunday.
  const absl::Status closed = sanda->CreateCase(New(Issue(Applicant::kHolder), {})).status();
  EXPECT_TRUE(FailedFor(closed, Reason::kOfficeHoliday)) << closed;
  EXPECT_EQ(Remedy(Reason::kOfficeHoliday, FailureOf(closed).metadata, Language::kEnglish),
            "Next opening: 2026-06-15 09:00.\n"
            "Ask: Sanda City, Resident Registration, Citizens' Division, 2-1-1 Miwa, Sanda, "
            "669-1595, tel. 079-559-5044, fax 079-563-2101.");
  EXPECT_TRUE(desk_->ListCases({}, 10, "")->cases.empty());
}

TEST_F(DeskTest, ARefusalTellsWhatElseStandsInTheWayAndWhomToAsk) {
  const auto sanda = Open({.municipality = "sanda"});
  clock_.Set(Morning(absl::CivilDay(2026, 6, 14)));
  rules::Application application = Issue(Applicant::kHolder);
  application.not_registered = true;
  const Failure refused = FailureOf(sanda->CreateCase(New(application, {})).status());
  EXPECT_EQ(refused.reason, Reason::kOfficeHoliday);
  EXPECT_EQ(refused.metadata.at("also_reasons"), "NOT_REGISTERED");
  EXPECT_EQ(Remedy(refused.reason, refused.metadata, Language::kJapanese),
            "次の受付開始：2026-06-15 09:00\n"
            "三田市に住民登録のある方が対象です。住民登録のある市区町村の窓口をご案内ください。\n"
            "お問い合わせ：三田市、地域創生部市民協働室市民課（住基担当）、"
            "〒669-1595 三田市三輪2丁目1番1号、電話 079-559-5044、ファクス 079-563-2101");
}

TEST_F(DeskTest, AnItemThatIsNotAskedForIsRefused) {
  EXPECT_EQ(
      desk_->CreateCase(New(Issue(Applicant::kHolder), {"PROXY_PHOTO_ID"})).status(),
      Fail(Reason::kArgumentInvalid,
           {{"field", "checked_items"}, {"detail", "PROXY_PHOTO_ID is not asked for at visit 1"}}));
  EXPECT_TRUE(desk_->ListCases({}, 10, "")->cases.empty());
}

TEST_F(DeskTest, TheSameRequestIsTheSameCase) {
  const CaseRecord first = Received();
  const CaseRecord second = Received();
  EXPECT_EQ(second.DebugString(), first.DebugString());
  EXPECT_EQ(desk_->ListCases({}, 10, "")->cases.size(), 1u);
}

TEST_F(DeskTest, AnotherApplicationUnderTheSameNameIsRefused) {
  const NewCase request = New(Issue(Applicant::kHolder), {});
  const CaseRecord first = desk_->CreateCase(request).value();
  NewCase other = request;
  other.card_serial = "CARD-2";
  EXPECT_TRUE(FailedFor(desk_->CreateCase(other).status(), Reason::kRequestIdReused));
  other = request;
  other.application.kinds = {certs::Kind::kAuth};
  EXPECT_TRUE(FailedFor(desk_->CreateCase(other).status(), Reason::kRequestIdReused));
  other = request;
  other.application.birth_date = absl::CivilDay(1980, 2, 18);
  EXPECT_TRUE(FailedFor(desk_->CreateCase(other).status(), Reason::kRequestIdReused));
  other = request;
  other.holder = ToBytes(AsBytes("another holder's data"));
  EXPECT_TRUE(FailedFor(desk_->CreateCase(other).status(), Reason::kRequestIdReused));
  other = request;
  other.checked_items = {"HOLDER_CARD"};
  EXPECT_TRUE(FailedFor(desk_->CreateCase(other).status(), Reason::kRequestIdReused));
  EXPECT_EQ(desk_->CreateCase(request)->id(), first.id());
  // Once the case has ended nothing is kept of the person that could be compared.
  ASSERT_TRUE(desk_->WithdrawCase(Seen(first), "").ok());
  EXPECT_EQ(desk_->CreateCase(other)->id(), first.id());
}

TEST_F(DeskTest, ARepeatAfterClosingTimeIsTheSameCaseToo) {
  const auto sanda = Open({.municipality = "sanda"});
  const NewCase request = New(Issue(Applicant::kHolder), {"HOLDER_CARD", "PREVIOUS_PINS"});
  const CaseRecord first = sanda->CreateCase(request).value();
  clock_.Set(Morning(absl::CivilDay(2026, 6, 14)));  // A Sunday.
  const auto again = sanda->CreateCase(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->DebugString(), first.DebugString());
  NewCase other = request;
  other.request_id = "r2";
  EXPECT_TRUE(FailedFor(sanda->CreateCase(other).status(), Reason::kOfficeHoliday));
  other = request;
  other.actor = "uid:1001";
  EXPECT_TRUE(FailedFor(sanda->CreateCase(other).status(), Reason::kOfficeHoliday));
}

TEST_F(DeskTest, AMunicipalityThatIsNotThereIsKnownAtTheStart) {
  EXPECT_TRUE(FailedFor(
      CaseDesk::Create({.cases = *store_, .municipalities = municipalities_, .clock = clock_},
                       {.municipality = "atlantis"})
          .status(),
      Reason::kMunicipalityUnknown));
  EXPECT_EQ((*desk_->Municipality("sanda"))->office().telephone, "079-559-5044");
  EXPECT_EQ((*desk_->Municipality(""))->id(), "training");
}

}  // namespace
}  // namespace jpkid::desk
