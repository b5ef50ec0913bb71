#include "daemon/rules/municipality.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "daemon/rules/decision.h"

namespace jpkid::rules {
namespace {

// A small municipality that is right; tests make it wrong, or give it ways of its own.
constexpr char kEdo[] = R"text(id: "edo"
name { english: "Edo" japanese: "江戸" }
romaji { prefecture: "Edo-fu" municipality: "Edo-shi" }
residents { row: "S1" }
window {
  row: "S8" id: "hall/1" name { english: "hall" japanese: "会所" }
  takes { row: "S8" procedure: ISSUE }
  takes { row: "S18" procedure: RENEW }
  hours { row: "S9" day: MONDAY from: "09:00" until: "17:00" }
}
document { code: "HOLDER_CARD" text { english: "card" japanese: "カード" } }
document { code: "BASIC_REGISTER_PIN" text { english: "PIN" japanese: "暗証番号" } }
document { code: "SECOND_ID" text { english: "second" japanese: "二点目" } issued_within_months: 6 }
way {
  row: "S2" applicant: HOLDER visits: 1
  bring { row: "S3" document: ["HOLDER_CARD", "BASIC_REGISTER_PIN"] }
  bring { row: "city page" document: "SECOND_ID" only_if: PIN_RESET }
}
way { row: "S5" applicant: VOLUNTARY_PROXY only_if: SAME_HOUSEHOLD visits: 1 }
reply { row: "S5" days: 20 }
birthday { row: "S12" leap_day: MAR_01 }
office { row: "S19" division { english: "hall" japanese: "会所" } }
)text";

absl::StatusOr<Municipality> Read(const std::string& text) {
  return Municipality::Read("dir/edo.textproto", text, std::make_shared<const Holidays>());
}

std::string Edo(absl::string_view from, absl::string_view to) {
  return absl::StrReplaceAll(kEdo, {{from, to}});
}

Application Somebody() {
  return {.kinds = {certs::Kind::kAuth},
          .birth_date = absl::CivilDay(2000, 2, 29),
          .card_expiry = absl::CivilDay(2033, 2, 28)};
}

// On Monday, 5 January 2026.
Decision Decided(const Municipality& city, const Application& application,
                 std::optional<int> taken = std::nullopt) {
  const absl::Time at = absl::FromCivil(absl::CivilMinute(2026, 1, 5, 10, 0), Tokyo());
  return Decide(city, certs::CardProfiles().front(), application, at, taken).value();
}

std::vector<std::string> Codes(const Decision& decision) {
  std::vector<std::string> codes;
  for (const Item& item : decision.items) codes.push_back(item.code);
  return codes;
}

TEST(Municipality, HasItemsOfItsOwn) {
  const Municipality edo = Read(kEdo).value();
  Application application = Somebody();
  EXPECT_THAT(Codes(Decided(edo, application)),
              ::testing::ElementsAre("HOLDER_CARD", "BASIC_REGISTER_PIN"));
  application.reset_pins = {certs::Kind::kAuth};
  const Decision decision = Decided(edo, application);
  ASSERT_EQ(decision.items.size(), 3u);
  EXPECT_EQ(decision.items.back(), (Item{.code = "SECOND_ID",
                                         .visit = 1,
                                         .s_row = "city page",
                                         .english = "second, issued within the last 6 months",
                                         .japanese = "二点目（発行から6か月以内のもの）"}));
}

TEST(Municipality, MayServeProxiesOfTheHouseholdAlone) {
  const Municipality edo = Read(kEdo).value();
  Application application = Somebody();
  application.applicant = Applicant::kVoluntaryProxy;
  EXPECT_EQ(Decided(edo, application).findings.front().reason, Reason::kProxiesNotServed);
  application.same_household = true;
  EXPECT_TRUE(Decided(edo, application).same_day);
}

TEST(Municipality, MayHaveTheLeapDaysBirthdayOnTheFirstOfMarch) {
  EXPECT_EQ(Decided(Read(kEdo).value(), Somebody()).auth_expiry, absl::CivilDay(2030, 3, 1));
}

TEST(Municipality, MayTakeSoManyADay) {
  const Municipality edo =
      Read(Edo("takes { row: \"S8\"", "daily_cap: 3 takes { row: \"S8\"")).value();
  EXPECT_TRUE(Decided(edo, Somebody(), 2).allowed);
  EXPECT_TRUE(Decided(edo, Somebody()).allowed);
  EXPECT_EQ(
      Decided(edo, Somebody(), 3).findings.front(),
      (Finding{
          Reason::kDailyCapReached, {{"date", "2026-01-05"}, {"next", "2026-01-12 09:00"}}, "S8"}));
}

TEST(Municipality, MayRestForMaintenance) {
  const std::string closed = R"text(closed {
    row: "notice" maintenance: true name { english: "maintenance" japanese: "保守" }
    after_nth { day: SUNDAY nth: 1 days_after: 1 }
  })text";
  const Municipality edo = Read(absl::StrCat(kEdo, closed)).value();
  const Finding finding = Decided(edo, Somebody()).findings.front();
  EXPECT_EQ(finding.reason, Reason::kMaintenanceDay);
  EXPECT_EQ(finding.source, "notice");
  EXPECT_EQ(finding.metadata.at("next"), "2026-01-12 09:00");
}

TEST(Municipality, MayTakeSomeProceduresInSomeHoursOnly) {
  const Municipality edo =
      Read(Edo("until: \"17:00\"", "until: \"17:00\" procedure: RENEW")).value();
  EXPECT_EQ(Decided(edo, Somebody()).findings.front().reason, Reason::kOfficeHoliday);
}

struct Wrong {
  const char* name;
  const char* from;
  const char* to;
  const char* refusal;
};

void PrintTo(const Wrong& one, std::ostream* out) { *out << one.name; }

class WrongFiles : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongFiles, SayWhereAndWhat) {
  const absl::Status status = Read(Edo(GetParam().from, GetParam().to)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(absl::StrReplaceAll(status.message(), {{"dir/edo.textproto", "FILE"}}),
            GetParam().refusal);
}

const Wrong kWrong[] = {
    {"OtherId", "id: \"edo\"", "id: \"kyo\"", "FILE:1:1: id is the file's name, \"edo\"."},
    {"NoId", "id: \"edo\"", "", "FILE: id is missing."},
    {"NoRow", "residents { row: \"S1\" }", "residents {}", "FILE:4:1: row is missing."},
    {"NoJapaneseName", " japanese: \"江戸\"", "", "FILE:2:1: japanese is missing."},
    {"UnknownSetting", "residents", "citizens", "FILE:4:1: There is no setting \"citizens\"."},
    {"NoTime", "from: \"09:00\"", "from: \"9\"", "FILE:9:33: from is a time, \"09:00\"."},
    {"TimesTheWrongWay", "until: \"17:00\"", "until: \"08:00\"",
     "FILE:9:47: until is later than from."},
    {"LateLastAcceptance", "until: \"17:00\"", "until: \"17:00\" last_acceptance: \"18:00\"",
     "FILE:9:62: last_acceptance is between from and until."},
    {"NoDay", "day: MONDAY ", "", "FILE:9:3: Hours name at least one day."},
    {"SixthMonday", "day: MONDAY", "day: MONDAY nth: 6", "FILE:9:33: nth is 1 to 5, not 6."},
    {"NoWindowForRenewals", "  takes { row: \"S18\" procedure: RENEW }\n", "",
     "FILE: No window takes RENEW."},
    {"UnknownDocument", "document: \"SECOND_ID\"", "document: \"THIRD_ID\"",
     "FILE:17:28: There is no document THIRD_ID."},
    {"ThirdVisit", "visits: 1\n", "visits: 3\n", "FILE:15:31: visits is 1 to 2, not 3."},
    {"NoSuchVisit", "{ row: \"city page\"", "{ visit: 2 row: \"city page\"",
     "FILE:17:11: There is no such visit."},
    {"NoReplyDays", "days: 20", "", "FILE:20:1: days is missing."},
};

INSTANTIATE_TEST_SUITE_P(All, WrongFiles, ::testing::ValuesIn(kWrong),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace jpkid::rules
