#include "daemon/rules/holidays.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/rules/built_in.h"

namespace jpkid::rules {
namespace {

using absl::CivilDay;
using absl::Weekday;

Holidays Japan() {
  return Holidays::Read("japan.textproto", std::string(BuiltInHolidays().text)).value();
}

// The Act on National Holidays, article 2, as it stands since 2022. The equinoxes, which the
// observatory fixes, by the approximation for 1980 to 2099.
std::set<CivilDay> HolidaysOfTheAct(int year) {
  const auto monday = [year](int month, int nth) {
    const CivilDay first(year, month, 1);
    const int to_monday = (7 - static_cast<int>(absl::GetWeekday(first))) % 7;
    return first + to_monday + 7 * (nth - 1);
  };
  const auto equinox = [year](double base) {
    return static_cast<int>(base + 0.242194 * (year - 1980)) - (year - 1980) / 4;
  };
  return {CivilDay(year, 1, 1),
          monday(1, 2),
          CivilDay(year, 2, 11),
          CivilDay(year, 2, 23),
          CivilDay(year, 3, equinox(20.8431)),
          CivilDay(year, 4, 29),
          CivilDay(year, 5, 3),
          CivilDay(year, 5, 4),
          CivilDay(year, 5, 5),
          monday(7, 3),
          CivilDay(year, 8, 11),
          monday(9, 3),
          CivilDay(year, 9, equinox(23.2488)),
          monday(10, 2),
          CivilDay(year, 11, 3),
          CivilDay(year, 11, 23)};
}

TEST(Holidays, TheListIsWhatTheActSays) {
  const Holidays japan = Japan();
  EXPECT_LE(japan.first(), CivilDay(2025, 1, 1));
  EXPECT_GE(japan.last(), CivilDay(2027, 12, 31));
  std::set<CivilDay> expected;
  for (auto year = japan.first().year(); year <= japan.last().year(); ++year) {
    const std::set<CivilDay> named = HolidaysOfTheAct(static_cast<int>(year));
    expected.insert(named.begin(), named.end());
    for (const CivilDay day : named) {
      // Article 3, paragraph 2: one on a Sunday gives the next day that is none.
      if (absl::GetWeekday(day) == Weekday::sunday) {
        CivilDay substitute = day + 1;
        while (named.contains(substitute)) ++substitute;
        expected.insert(substitute);
      }
      // Paragraph 3: a day between two of them.
      if (named.contains(day + 2) && !named.contains(day + 1)) expected.insert(day + 1);
    }
  }
  std::set<CivilDay> listed;
  for (const auto& [day, name] : japan.all()) listed.insert(day);
  EXPECT_EQ(listed, expected);
}

TEST(Holidays, ADayOutsideTheListIsNotGuessed) {
  const Holidays japan = Japan();
  EXPECT_EQ(**japan.On(CivilDay(2026, 9, 22)), (Text{"Citizens' Holiday", "国民の休日"}));
  EXPECT_EQ(*japan.On(CivilDay(2026, 9, 24)), nullptr);
  const absl::Status status = japan.On(CivilDay(2028, 1, 1)).status();
  EXPECT_TRUE(FailedFor(status, Reason::kHolidaysUnknown));
  EXPECT_EQ(
      FailureOf(status).metadata,
      (ReasonMetadata{{"first", "2025-01-01"}, {"last", "2027-12-31"}, {"date", "2028-01-01"}}));
}

TEST(Holidays, AWrongListIsRefusedWithItsPlaces) {
  constexpr char kList[] = R"text(first_year: 2026 last_year: 2026
holiday { date: "2026-13-01" english: "A" japanese: "あ" }
holiday { date: "2027-01-01" english: "A" japanese: "あ" }
holiday { date: "2026-01-01" english: "A" }
holiday { date: "2026-01-01" english: "A" japanese: "あ" }
)text";
  const absl::Status status = Holidays::Read("list", kList).status();
  EXPECT_EQ(status.message(),
            "list:2:1: \"2026-13-01\" is no date YYYY-MM-DD.\n"
            "list:3:1: 2027-01-01 is outside the years covered.\n"
            "list:4:1: 2026-01-01 has no name in both languages.\n"
            "list:5:1: 2026-01-01 is there already.");
}

}  // namespace
}  // namespace jpkid::rules
