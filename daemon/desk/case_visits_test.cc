#include <gmock/gmock.h>

#include "base/status.h"
#include "daemon/desk/desk_fixture.h"

namespace jpkid::desk {
namespace {

using rules::Applicant;
using store::CaseRecord;
using store::OperationRecord;
using testing::ElementsAre;
using testing::IsEmpty;

const Reply kByProxy = {.presenter = Applicant::kVoluntaryProxy,
                        .checked_items = {"HOLDER_CARD", "SEALED_REPLY_FORM", "PROXY_PHOTO_ID"}};

TEST_F(DeskTest, TheWholeStoryOfTwoVisits) {
  const CaseRecord received = Received();
  EXPECT_EQ(received.state(), CaseRecord::RECEIVED);
  EXPECT_EQ(received.decision().visits(), 2);
  EXPECT_THAT(MissingItems(received), IsEmpty());
  const CaseRecord mailed = desk_->MailInquiry(Seen(received)).value();
  EXPECT_EQ(mailed.state(), CaseRecord::INQUIRY_MAILED);
  EXPECT_EQ(mailed.reply_due(), "2026-07-10");
  EXPECT_THAT(MissingItems(mailed),
              ElementsAre("HOLDER_CARD", "SEALED_REPLY_FORM", "PROXY_PHOTO_ID"));
  clock_.Set(Morning(absl::CivilDay(2026, 7, 10)) + absl::Hours(13));  // The last day, 23:00.
  const CaseRecord ready = desk_->PresentReply(Seen(mailed), kByProxy).value();
  EXPECT_EQ(ready.state(), CaseRecord::READY);
  EXPECT_EQ(ready.presenter(), "voluntary-proxy");
  EXPECT_EQ(Run(ready, OperationRecord::SUCCEEDED).state(), CaseRecord::COMPLETED);
  const CaseRecord done = desk_->GetCase(ready.id()).value();
  EXPECT_THAT(Acts(done), ElementsAre("create", "mail-inquiry", "present-reply",
                                      "complete-documents", "run", "complete"));
  EXPECT_EQ(done.history(1).actor(), "uid:1001");
  EXPECT_FALSE(done.application().has_person());
}

TEST_F(DeskTest, NoInquiryBeforeTheFirstVisitIsComplete) {
  const CaseRecord received =
      desk_->CreateCase(New(Issue(Applicant::kVoluntaryProxy), {"HOLDER_CARD"})).value();
  EXPECT_EQ(desk_->MailInquiry(Seen(received)).status(),
            Fail(Reason::kDocumentsMissing, {{"items", "PROXY_PHOTO_ID"}}));
  const CaseRecord shown =
      desk_
          ->PresentReply(Seen(received), {.presenter = Applicant::kVoluntaryProxy,
                                          .checked_items = {"PROXY_PHOTO_ID"}})
          .value();
  EXPECT_EQ(shown.state(), CaseRecord::RECEIVED);
  // Complete: what comes next is the inquiry, not a reply.
  EXPECT_TRUE(FailedFor(desk_->PresentReply(Seen(shown), kByProxy).status(), Reason::kCaseState));
  EXPECT_EQ(desk_->MailInquiry(Seen(shown))->state(), CaseRecord::INQUIRY_MAILED);
}

TEST_F(DeskTest, AReplyMayLackDocumentsForAWhile) {
  const CaseRecord mailed = Mailed();
  const CaseRecord presented =
      desk_
          ->PresentReply(Seen(mailed), {.presenter = Applicant::kVoluntaryProxy,
                                        .checked_items = {"SEALED_REPLY_FORM", "HOLDER_CARD"}})
          .value();
  EXPECT_EQ(presented.state(), CaseRecord::REPLY_PRESENTED);
  EXPECT_THAT(MissingItems(presented), ElementsAre("PROXY_PHOTO_ID"));
  clock_.Advance(absl::Hours(24 * 60));  // The reply was in time; the day it was due is past.
  const CaseRecord ready =
      desk_
          ->PresentReply(Seen(presented), {.presenter = Applicant::kVoluntaryProxy,
                                           .checked_items = {"PROXY_PHOTO_ID", "HOLDER_CARD"}})
          .value();
  EXPECT_EQ(ready.state(), CaseRecord::READY);
  EXPECT_EQ(ready.documents_size(), 5);  // Two of the first visit; none twice.
}

TEST_F(DeskTest, AHolderWhoComesHimselfNeedsNoProxysDocument) {
  const CaseRecord ready =
      desk_
          ->PresentReply(Seen(Mailed()), {.presenter = Applicant::kHolder,
                                          .checked_items = {"HOLDER_CARD", "SEALED_REPLY_FORM"}})
          .value();
  EXPECT_EQ(ready.state(), CaseRecord::READY);
  EXPECT_EQ(ready.presenter(), "holder");
}

TEST_F(DeskTest, OnlyTheHolderOrTheApplicantPresents) {
  const CaseRecord mailed = Mailed();
  EXPECT_TRUE(FailedFor(
      desk_->PresentReply(Seen(mailed), {.presenter = Applicant::kLegalRepresentative}).status(),
      Reason::kArgumentInvalid));
  EXPECT_EQ(desk_->GetCase(mailed.id())->version(), mailed.version());
}

TEST_F(DeskTest, ALateReplyExpiresTheCase) {
  const CaseRecord mailed = Mailed();
  clock_.Set(absl::FromCivil(absl::CivilDay(2026, 7, 11), Tokyo()));
  const Failure late = FailureOf(desk_->PresentReply(Seen(mailed), kByProxy).status());
  EXPECT_EQ(late.reason, Reason::kReplyTooLate);
  EXPECT_EQ(late.metadata.at("date"), "2026-07-10");
  EXPECT_EQ(late.metadata.at("office"),
            "Training City, Training Division, 1 Training, Kunren, tel. 000-000-0000, fax "
            "000-000-0001");
  const CaseRecord expired = desk_->GetCase(mailed.id()).value();
  EXPECT_EQ(expired.state(), CaseRecord::EXPIRED);
  EXPECT_EQ(expired.history(2).detail(), "REPLY_TOO_LATE");
  EXPECT_FALSE(expired.application().has_person());
  EXPECT_FALSE(store_->GetCaseHolder(mailed.id())->has_value());
}

TEST_F(DeskTest, OverdueCasesAreExpiredByThemselves) {
  const CaseRecord mailed = Mailed();
  EXPECT_EQ(*desk_->ExpireOverdue(), 0);
  clock_.Set(absl::FromCivil(absl::CivilDay(2026, 7, 11), Tokyo()));
  EXPECT_EQ(*desk_->ExpireOverdue(), 1);
  EXPECT_EQ(*desk_->ExpireOverdue(), 0);
  EXPECT_EQ(desk_->GetCase(mailed.id())->state(), CaseRecord::EXPIRED);
}

TEST_F(DeskTest, AWrongPinOnTheFormTakesANewInquiryThatResetsIt) {
  const CaseRecord ready = desk_->PresentReply(Seen(Mailed()), kByProxy).value();
  const CaseRecord wrong = Run(ready, OperationRecord::FAILED, "REPLY_FORM_PIN_WRONG");
  EXPECT_EQ(wrong.state(), CaseRecord::PIN_MISMATCH);
  EXPECT_TRUE(FailedFor(desk_->PresentReply(Seen(wrong), kByProxy).status(), Reason::kCaseState));
  clock_.Set(Morning(absl::CivilDay(2026, 6, 20)));
  const CaseRecord mailed = desk_->MailInquiry(Seen(wrong)).value();
  EXPECT_EQ(mailed.state(), CaseRecord::INQUIRY_MAILED);
  EXPECT_EQ(mailed.reply_due(), "2026-07-20");
  EXPECT_THAT(mailed.application().reset_pins(), ElementsAre("signature"));
  EXPECT_EQ(Received().id(), mailed.id()) << "asked for again it is the same case";
  EXPECT_THAT(mailed.wrong_pins(), IsEmpty());
  // The form of before no longer counts; what was seen at the first visit does.
  EXPECT_EQ(mailed.documents_size(), 2);
  EXPECT_THAT(MissingItems(mailed),
              ElementsAre("HOLDER_CARD", "SEALED_REPLY_FORM", "PROXY_PHOTO_ID"));
  EXPECT_EQ(desk_->PresentReply(Seen(mailed), kByProxy)->state(), CaseRecord::READY);
}

TEST_F(DeskTest, ARenewalOfOneVisitBecomesTwoWhenThePinOnTheFormIsWrong) {
  const CaseRecord ready =
      desk_
          ->CreateCase(
              New(RenewalWithForm(), {"HOLDER_CARD", "SEALED_REPLY_FORM", "PROXY_PHOTO_ID"}))
          .value();
  EXPECT_EQ(ready.state(), CaseRecord::READY);
  EXPECT_EQ(ready.decision().becomes(), "renew");
  const CaseRecord wrong = Run(ready, OperationRecord::FAILED, "REPLY_FORM_PIN_WRONG");
  const CaseRecord mailed = desk_->MailInquiry(Seen(wrong)).value();
  EXPECT_EQ(mailed.decision().visits(), 2);
  EXPECT_THAT(MissingItems(mailed),
              ElementsAre("HOLDER_CARD", "SEALED_REPLY_FORM", "PROXY_PHOTO_ID"));
}

TEST_F(DeskTest, TheReplyIsDueOnADayWhenTheCounterIsOpen) {
  const auto sanda = Open({.municipality = "sanda"});
  for (const auto& [mailed, due] : {std::pair(absl::CivilDay(2026, 11, 27), "2026-12-28"),
                                    std::pair(absl::CivilDay(2026, 11, 30), "2027-01-04"),
                                    std::pair(absl::CivilDay(2026, 11, 26), "2026-12-28")}) {
    clock_.Set(Morning(mailed));
    const std::string request = absl::FormatCivilTime(mailed);
    const CaseRecord received = sanda
                                    ->CreateCase(New(Issue(Applicant::kVoluntaryProxy),
                                                     {"HOLDER_CARD", "PROXY_PHOTO_ID"}, request))
                                    .value();
    EXPECT_EQ(sanda->MailInquiry(Seen(received))->reply_due(), due) << mailed;
  }
}

TEST_F(DeskTest, HoursDoNotGateWhatFollows) {
  const auto sanda = Open({.municipality = "sanda"});
  const CaseRecord received =
      sanda->CreateCase(New(Issue(Applicant::kVoluntaryProxy), {"HOLDER_CARD", "PROXY_PHOTO_ID"}))
          .value();
  clock_.Set(Morning(absl::CivilDay(2026, 6, 14)));  // A Sunday.
  const CaseRecord mailed = sanda->MailInquiry(Seen(received)).value();
  const CaseRecord ready = sanda->PresentReply(Seen(mailed), kByProxy).value();
  const CaseRecord wrong = Run(ready, OperationRecord::FAILED, "REPLY_FORM_PIN_WRONG");
  EXPECT_EQ(sanda->MailInquiry(Seen(wrong))->state(), CaseRecord::INQUIRY_MAILED);
}

TEST_F(DeskTest, ACaseIsWithdrawnUntilAnOperationIsAtWork) {
  const CaseRecord received = Received();
  EXPECT_TRUE(FailedFor(desk_->WithdrawCase(Seen(received), std::string(201, 'x')).status(),
                        Reason::kArgumentInvalid));
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "あ";
  const CaseRecord withdrawn = desk_->WithdrawCase(Seen(received), longest).value();
  EXPECT_EQ(withdrawn.state(), CaseRecord::WITHDRAWN);
  EXPECT_EQ(withdrawn.history(1).detail(), longest);
  EXPECT_FALSE(withdrawn.application().has_person());
  EXPECT_EQ(desk_->WithdrawCase(Seen(withdrawn), "").status(),
            Fail(Reason::kCaseState,
                 {{"case", received.id()}, {"state", "WITHDRAWN"}, {"wanted", "withdraw"}}));

  const CaseRecord at_work =
      Run(desk_->CreateCase(New(Issue(Applicant::kHolder), {"HOLDER_CARD", "PREVIOUS_PINS"}, "r2"))
              .value(),
          OperationRecord::RUNNING);
  EXPECT_EQ(at_work.state(), CaseRecord::IN_PROGRESS);
  EXPECT_TRUE(FailedFor(desk_->WithdrawCase(Seen(at_work), "").status(), Reason::kCaseState));
}

TEST_F(DeskTest, WhatWasSeenMustStillStand) {
  const CaseRecord received = Received();
  ASSERT_TRUE(desk_->MailInquiry(Seen(received)).ok());
  for (const absl::Status& status : {desk_->MailInquiry(Seen(received)).status(),
                                     desk_->PresentReply(Seen(received), kByProxy).status(),
                                     desk_->WithdrawCase(Seen(received), "").status()}) {
    EXPECT_EQ(status, Fail(Reason::kCaseChanged, {{"case", received.id()}}));
  }
  // Without a version: as it stands.
  EXPECT_EQ(desk_->PresentReply({.id = received.id(), .actor = "uid:7"}, kByProxy)->state(),
            CaseRecord::READY);
  EXPECT_TRUE(FailedFor(desk_->MailInquiry({.id = "none", .actor = "uid:7"}).status(),
                        Reason::kCaseUnknown));
}

}  // namespace
}  // namespace jpkid::desk
