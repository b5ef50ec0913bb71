#include "daemon/rules/expiry.h"

#include <random>

#include <gtest/gtest.h>

namespace jpkid::rules {
namespace {

using absl::CivilDay;
using certs::Kind;

const certs::CardProfile& Today() { return certs::CardProfiles().front(); }

ExpiryFacts Facts(CivilDay issue_day, CivilDay birth_date) {
  return {.issue_day = issue_day, .birth_date = birth_date, .card_expiry = CivilDay(2099, 1, 1)};
}

TEST(Expiry, FifthBirthdayAfterTheIssueDay) {
  struct Row {
    CivilDay birth, issue, expiry;
  };
  const Row rows[] = {
      {CivilDay(1980, 2, 17), CivilDay(2025, 10, 27), CivilDay(2030, 2, 17)},
      {CivilDay(1980, 2, 17), CivilDay(2025, 2, 16), CivilDay(2029, 2, 17)},
      // The issue day's own birthday does not count.
      {CivilDay(1980, 2, 17), CivilDay(2025, 2, 17), CivilDay(2030, 2, 17)},
      {CivilDay(1980, 12, 31), CivilDay(2025, 12, 31), CivilDay(2030, 12, 31)},
      {CivilDay(1980, 1, 1), CivilDay(2025, 12, 31), CivilDay(2030, 1, 1)},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ExpiryOf(Kind::kAuth, Today(), Facts(row.issue, row.birth)).day, row.expiry)
        << row.issue;
  }
}

TEST(Expiry, BornOnTheLeapDay) {
  ExpiryFacts facts = Facts(CivilDay(2025, 10, 27), CivilDay(2000, 2, 29));
  EXPECT_EQ(ExpiryOf(Kind::kAuth, Today(), facts).day, CivilDay(2030, 2, 28));
  facts.leap = LeapDayBirthday::kMar01;
  EXPECT_EQ(ExpiryOf(Kind::kAuth, Today(), facts).day, CivilDay(2030, 3, 1));
  facts.issue_day = CivilDay(2027, 6, 1);
  EXPECT_EQ(ExpiryOf(Kind::kAuth, Today(), facts).day, CivilDay(2032, 2, 29));
}

TEST(Expiry, CappedByCardStayAndAuth) {
  ExpiryFacts facts = Facts(CivilDay(2025, 10, 27), CivilDay(1980, 2, 17));
  facts.card_expiry = CivilDay(2028, 2, 17);
  EXPECT_EQ(ExpiryOf(Kind::kAuth, Today(), facts).day, CivilDay(2028, 2, 17));
  facts.end_of_stay = CivilDay(2027, 4, 10);
  EXPECT_EQ(ExpiryOf(Kind::kAuth, Today(), facts).day, CivilDay(2027, 4, 10));
  facts.auth_expiry = CivilDay(2026, 2, 17);
  EXPECT_EQ(ExpiryOf(Kind::kAuth, Today(), facts).day, CivilDay(2027, 4, 10));
  EXPECT_EQ(ExpiryOf(Kind::kSignature, Today(), facts).day, CivilDay(2026, 2, 17));
}

TEST(Expiry, ACertificateLastsFourToFiveYearsAndEndsOnABirthday) {
  std::mt19937 random(20261122);
  for (int i = 0; i < 20'000; ++i) {
    const CivilDay birth = CivilDay(1920, 1, 1) + static_cast<int>(random() % 36'000);
    const CivilDay issue = CivilDay(2020, 1, 1) + static_cast<int>(random() % 10'000);
    const LeapDayBirthday leap = i % 2 == 0 ? LeapDayBirthday::kFeb28 : LeapDayBirthday::kMar01;
    ExpiryFacts facts = Facts(issue, birth);
    facts.leap = leap;
    const CivilDay expiry = ExpiryOf(Kind::kAuth, Today(), facts).day;
    ASSERT_GT(expiry, CivilDay(issue.year() + 4, issue.month(), issue.day()) - 1) << birth << issue;
    ASSERT_LE(expiry, CivilDay(issue.year() + 5, issue.month(), issue.day())) << birth << issue;
    ASSERT_EQ(expiry, BirthdayIn(absl::CivilYear(expiry), birth, leap));
  }
}

TEST(RenewalOpens, TheDayAfterTheDateThreeMonthsBefore) {
  struct Row {
    CivilDay expiry, opens;
  };
  const Row rows[] = {{CivilDay(2026, 4, 10), CivilDay(2026, 1, 11)},
                      {CivilDay(2026, 10, 15), CivilDay(2026, 7, 16)},
                      {CivilDay(2020, 4, 25), CivilDay(2020, 1, 26)},
                      {CivilDay(2026, 7, 17), CivilDay(2026, 4, 18)},
                      {CivilDay(2026, 5, 31), CivilDay(2026, 3, 1)},
                      {CivilDay(2028, 5, 31), CivilDay(2028, 3, 1)},
                      {CivilDay(2028, 5, 28), CivilDay(2028, 2, 29)},
                      {CivilDay(2026, 1, 31), CivilDay(2025, 11, 1)},
                      {CivilDay(2026, 11, 30), CivilDay(2026, 8, 31)},
                      {CivilDay(2028, 2, 29), CivilDay(2027, 11, 30)}};
  for (const Row& row : rows) EXPECT_EQ(RenewalOpens(Today(), row.expiry), row.opens);
}

TEST(RenewalOpens, AYearBeforeForTheNextCards) {
  const certs::CardProfile next = certs::ParseCardProfile("p-384").value();
  EXPECT_EQ(RenewalOpens(next, CivilDay(2038, 4, 10)), CivilDay(2037, 4, 11));
  EXPECT_EQ(RenewalOpens(next, CivilDay(2032, 2, 29)), CivilDay(2031, 3, 1));
}

TEST(Expiry, TenBirthdaysForTheNextCards) {
  const certs::CardProfile next = certs::ParseCardProfile("p-384").value();
  ExpiryFacts facts = Facts(CivilDay(2029, 10, 27), CivilDay(1980, 2, 17));
  EXPECT_EQ(ExpiryOf(Kind::kAuth, next, facts),
            (Expiry{CivilDay(2039, 2, 17), ExpiryLimit::kBirthday}));
  facts.renewed = CivilDay(2030, 2, 17);
  EXPECT_EQ(ExpiryOf(Kind::kAuth, next, facts),
            (Expiry{CivilDay(2040, 2, 17), ExpiryLimit::kBirthday}));
}

TEST(Age, ChangesOnTheBirthday) {
  const CivilDay birth(2010, 4, 10);
  EXPECT_EQ(AgeOn(CivilDay(2025, 4, 9), birth, LeapDayBirthday::kFeb28), 14);
  EXPECT_EQ(AgeOn(CivilDay(2025, 4, 10), birth, LeapDayBirthday::kFeb28), 15);
}

TEST(TokyoDay, TheDayTurnsAtFifteenUtc) {
  const absl::Time before =
      absl::FromCivil(absl::CivilSecond(2026, 1, 9, 14, 59, 59), absl::UTCTimeZone());
  EXPECT_EQ(TokyoDay(before), CivilDay(2026, 1, 9));
  EXPECT_EQ(TokyoDay(before + absl::Seconds(1)), CivilDay(2026, 1, 10));
}

}  // namespace
}  // namespace jpkid::rules
