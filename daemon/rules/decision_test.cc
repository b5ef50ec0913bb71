// The rows of the seed page, S1 to S19, at Sanda's window 7; the golden cases have the rest.
#include "daemon/rules/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/status.h"
#include "daemon/rules/municipalities.h"

namespace jpkid::rules {
namespace {

using absl::CivilDay;
using certs::Kind;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Not;

auto Says(Reason reason, const char* source) {
  return AllOf(Field(&Finding::reason, reason), Field(&Finding::source, source));
}
auto Brings(const char* code, int visit, const char* row) {
  return AllOf(Field(&Item::code, code), Field(&Item::visit, visit), Field(&Item::s_row, row));
}

absl::Time At(int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), Tokyo());
}

class Sanda : public ::testing::Test {
 protected:
  // At the window on Monday 2 February 2026; certificates run until 10 April.
  Application Issue() const {
    return {.procedure = Procedure::kIssue,
            .kinds = {Kind::kAuth, Kind::kSignature},
            .birth_date = CivilDay(1985, 4, 10),
            .card_expiry = CivilDay(2035, 4, 10)};
  }
  Application Renewal() const {
    Application application = Issue();
    application.procedure = Procedure::kRenew;
    application.auth_expiry = application.signature_expiry = CivilDay(2026, 4, 10);
    return application;
  }
  Application ByProxy(Application application) const {
    application.applicant = Applicant::kVoluntaryProxy;
    return application;
  }

  Decision Decided(const Application& application, absl::Time at = At(2, 2, 10)) const {
    const auto decision =
        Decide(**all_.Find("sanda"), certs::CardProfiles().front(), application, at);
    EXPECT_TRUE(decision.ok()) << decision.status();
    return decision.value_or(Decision());
  }

  const Municipalities all_ = Municipalities::Load("").value();
};

TEST_F(Sanda, S1IssueIsForResidentsWithoutAValidCertificate) {
  Application application = Issue();
  EXPECT_TRUE(Decided(application).allowed);
  application.auth_expiry = application.signature_expiry = CivilDay(2026, 2, 2);
  EXPECT_THAT(Decided(application).findings,
              Contains(Says(Reason::kValidCertificatePresent, "S1")).Times(2));
  application.revoked_kinds = {Kind::kAuth, Kind::kSignature};
  EXPECT_TRUE(Decided(application).allowed);
  application.not_registered = true;
  EXPECT_THAT(Decided(application).findings, Contains(Says(Reason::kNotRegistered, "S1")));
}

TEST_F(Sanda, S2HolderIsIssuedTheSameDay) {
  const Decision decision = Decided(Issue());
  EXPECT_TRUE(decision.allowed);
  EXPECT_TRUE(decision.same_day);
  EXPECT_EQ(decision.visits, 1);
  EXPECT_EQ(decision.becomes, Procedure::kIssue);
  EXPECT_THAT(decision.kinds, ElementsAre(Kind::kAuth, Kind::kSignature));
  EXPECT_THAT(decision.pins, ElementsAre(Kind::kAuth, Kind::kSignature));
  EXPECT_THAT(decision.findings, Contains(Says(Reason::kSameDay, "S2")));
}

TEST_F(Sanda, S3HolderBringsCardAndPreviousPins) {
  Application application = Issue();
  EXPECT_THAT(Decided(application).items,
              ElementsAre(Brings("HOLDER_CARD", 1, "S3"), Brings("PREVIOUS_PINS", 1, "S3")));
  application.first_issue = true;
  EXPECT_THAT(Decided(application).items, ElementsAre(Brings("HOLDER_CARD", 1, "S3")));
}

TEST_F(Sanda, S5IssueByProxyTakesTwoVisits) {
  const Decision decision = Decided(ByProxy(Issue()));
  EXPECT_TRUE(decision.allowed);
  EXPECT_FALSE(decision.same_day);
  EXPECT_EQ(decision.visits, 2);
  EXPECT_EQ(decision.auth_expiry, CivilDay(2030, 4, 10));
  EXPECT_THAT(decision.findings, Contains(Says(Reason::kTwoVisits, "S5")));
}

TEST_F(Sanda, S6AndS7WhatAProxyBringsToEachVisit) {
  EXPECT_THAT(Decided(ByProxy(Issue())).items,
              ElementsAre(Brings("HOLDER_CARD", 1, "S6"), Brings("PROXY_PHOTO_ID", 1, "S6"),
                          Brings("HOLDER_CARD", 2, "S7"), Brings("SEALED_REPLY_FORM", 2, "S7"),
                          Brings("PROXY_PHOTO_ID", 2, "S7")));
}

TEST_F(Sanda, S8OnlyWindowSevenTakesIt) {
  Application application = Issue();
  application.window = "citizens-division/7";
  EXPECT_TRUE(Decided(application).allowed);
  application.window = "flower-town-citizens-centre/1";
  const Decision decision = Decided(application);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(
      decision.findings.front(),
      (Finding{Reason::kWindowNotServed,
               {{"window", "flower-town-citizens-centre/1"},
                {"served", "window 7 of the citizens' division, city hall (citizens-division/7)"},
                {"served_ja", "市役所市民課7番窓口"}},
               "S8"}));
}

TEST_F(Sanda, S9WeekdaysFromNineToHalfPastFive) {
  EXPECT_TRUE(Decided(Issue(), At(1, 9, 9)).allowed);
  EXPECT_TRUE(Decided(Issue(), At(1, 9, 17, 29)).allowed);
  const Decision early = Decided(Issue(), At(1, 9, 8, 59));
  EXPECT_EQ(early.findings.front(),
            (Finding{Reason::kOutsideHours,
                     {{"time", "08:59"}, {"hours", "09:00-17:30"}, {"next", "2026-01-09 09:00"}},
                     "S9"}));
  // The Saturday before Coming of Age Day.
  const Decision closed = Decided(Issue(), At(1, 10, 10));
  EXPECT_EQ(closed.findings.front(), (Finding{Reason::kOfficeHoliday,
                                              {{"date", "2026-01-10"},
                                               {"holiday", "Saturday"},
                                               {"holiday_ja", "土曜日"},
                                               {"next", "2026-01-13 09:00"}},
                                              "S9"}));
}

TEST_F(Sanda, S9IsTokyoTimeWhereverTheMachineStands) {
  const absl::Time opening =
      absl::FromCivil(absl::CivilMinute(2026, 1, 9, 0, 0), absl::UTCTimeZone());
  EXPECT_TRUE(Decided(Issue(), opening).allowed);
  EXPECT_FALSE(Decided(Issue(), opening - absl::Seconds(1)).allowed);
}

TEST_F(Sanda, S10RenewalInTheLastThreeMonths) {
  const Decision early = Decided(Renewal(), At(1, 9, 10));
  EXPECT_FALSE(early.allowed);
  EXPECT_EQ(early.findings.front(),
            (Finding{Reason::kRenewalTooEarly,
                     {{"kind", "auth"}, {"date", "2026-04-10"}, {"opens", "2026-01-11"}},
                     "S10"}));
  EXPECT_THAT(Decided(Renewal(), At(1, 13, 10)).findings,
              Contains(Says(Reason::kRenewalWindowOpen, "S10")).Times(2));
}

TEST_F(Sanda, S11TheNoticeComesByPost) {
  EXPECT_THAT(Decided(Renewal(), At(1, 9, 10)).findings,
              Contains(Says(Reason::kNoticeByPost, "S11")));
  EXPECT_THAT(Decided(ByProxy(Renewal())).findings, Contains(Says(Reason::kNoticeByPost, "S11")));
  EXPECT_THAT(Decided(Renewal()).findings, Not(Contains(Says(Reason::kNoticeByPost, "S11"))));
}

TEST_F(Sanda, S12FifthBirthdayOrEndOfStay) {
  Application application = Issue();
  EXPECT_EQ(Decided(application).auth_expiry, CivilDay(2030, 4, 10));
  application.stay_until = CivilDay(2027, 6, 30);
  EXPECT_EQ(Decided(application).signature_expiry, CivilDay(2030, 4, 10));
  application.residence_status = ResidenceStatus::kMidToLongTerm;
  const Decision decision = Decided(application);
  EXPECT_EQ(decision.auth_expiry, CivilDay(2027, 6, 30));
  EXPECT_EQ(decision.signature_expiry, CivilDay(2027, 6, 30));
  EXPECT_THAT(decision.findings, Contains(Says(Reason::kExpiryByStay, "S12")).Times(2));
}

TEST_F(Sanda, S13TellsWhatNoLongerWorks) {
  EXPECT_THAT(Decided(Renewal()).findings,
              Contains(Finding{Reason::kLostAfterExpiry, {{"date", "2026-04-10"}}, "S13"}));
}

TEST_F(Sanda, S14HolderRenewsTheSameDay) {
  const Decision decision = Decided(Renewal());
  EXPECT_TRUE(decision.same_day);
  EXPECT_EQ(decision.becomes, Procedure::kRenew);
  EXPECT_EQ(decision.auth_expiry, CivilDay(2031, 4, 10));
  EXPECT_THAT(decision.items,
              ElementsAre(Brings("HOLDER_CARD", 1, "S14"), Brings("PREVIOUS_PINS", 1, "S14")));
  EXPECT_THAT(decision.findings, Contains(Says(Reason::kSameDay, "S14")));
}

TEST_F(Sanda, S15AndS17ProxyRenewsTheSameDayWithTheForm) {
  Application application = ByProxy(Renewal());
  EXPECT_THAT(Decided(application).findings, Contains(Says(Reason::kNoticeFormMissing, "S17")));
  application.has_notice_form = true;
  const Decision decision = Decided(application);
  EXPECT_TRUE(decision.same_day);
  EXPECT_THAT(decision.items,
              ElementsAre(Brings("HOLDER_CARD", 1, "S17"), Brings("SEALED_REPLY_FORM", 1, "S17"),
                          Brings("PROXY_PHOTO_ID", 1, "S17")));
  // S17: the form of S11, within its validity; S7's is another one.
  EXPECT_NE(decision.items[1].japanese.find("有効期限内の「照会書兼回答書」"), std::string::npos);
  EXPECT_NE(decision.items[1].english.find("within its validity"), std::string::npos);
  EXPECT_THAT(decision.findings, Contains(Says(Reason::kSameDay, "S15")));
}

TEST_F(Sanda, S16AfterExpiryAProxysRenewalIsAnIssue) {
  Application application = ByProxy(Renewal());
  application.has_notice_form = true;
  const Decision decision = Decided(application, At(4, 13, 10));
  EXPECT_EQ(decision.becomes, Procedure::kIssue);
  EXPECT_EQ(decision.visits, 2);
  EXPECT_THAT(decision.findings, Contains(Says(Reason::kRenewalBecomesIssue, "S16")).Times(2));
  EXPECT_THAT(decision.findings, Contains(Says(Reason::kTwoVisits, "S5")));
}

TEST_F(Sanda, S18RenewalKeepsWindowAndHours) {
  EXPECT_THAT(Decided(Renewal(), At(2, 2, 17, 30)).findings,
              Contains(Says(Reason::kOutsideHours, "S18")));
  EXPECT_THAT(Decided(Renewal(), At(2, 11, 10)).findings,
              Contains(Says(Reason::kOfficeHoliday, "S18")));
}

TEST_F(Sanda, S19WhereverOneComesBackTheOfficeIsNamed) {
  const Finding office = {
      Reason::kWhereToAsk,
      {{"office",
        "Sanda City, Resident Registration, Citizens' Division, 2-1-1 Miwa, Sanda, 669-1595, "
        "tel. 079-559-5044, fax 079-563-2101"},
       {"office_ja",
        "三田市、地域創生部市民協働室市民課（住基担当）、〒669-1595 三田市三輪2丁目1番1号、電話 "
        "079-559-5044、ファクス 079-563-2101"}},
      "S19"};
  EXPECT_EQ(Decided(Issue(), At(1, 10, 10)).findings.back(), office);
  EXPECT_EQ(Decided(ByProxy(Issue())).findings.back(), office);
  EXPECT_THAT(Decided(Issue()).findings, Not(Contains(office)));
}

}  // namespace
}  // namespace jpkid::rules
