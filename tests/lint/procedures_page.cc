// Prints docs/procedures.md: each row of the seed page with the rule that holds it, its tests, its
// golden cases and its reasons. procedures_named.py holds that what is named exists.
//
// Usage: procedures-page GOLDEN_CASE_DIRECTORY

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "base/reason.h"

namespace jpkid {
namespace {

struct Procedure {
  const char* row;
  const char* rule;
  std::vector<const char*> where;  // "file: name in it"
  std::vector<const char*> tests;  // "Suite.Test"
  std::vector<Reason> reasons;
};

const Procedure kProcedures[] = {
    {"S1",
     "Issue is for residents whose card holds no valid certificate of the kind",
     {"daemon/rules/eligibility.cc: JudgeKinds", "daemon/rules/decision_findings.cc: RefusePerson"},
     {"Sanda.S1IssueIsForResidentsWithoutAValidCertificate", "MayMake.NotWhereAValidOneIsHeld"},
     {Reason::kValidCertificatePresent, Reason::kNotRegistered, Reason::kCertificateAbsent}},
    {"S2",
     "Issue to the holder: the same day",
     {"daemon/rules/ways.cc: FindWay"},
     {"Sanda.S2HolderIsIssuedTheSameDay"},
     {Reason::kSameDay}},
    {"S3",
     "The holder brings the card, and the previous PINs unless it is the first issue",
     {"daemon/rules/ways.cc: ItemsOf"},
     {"Sanda.S3HolderBringsCardAndPreviousPins"},
     {Reason::kSameDay}},
    {"S4",
     "Signature PIN: 6 to 16 digits and capitals mixed; auth PIN: 4 digits",
     {"daemon/rules/pin.cc: CheckedPin"},
     {"Pin.AuthIsFourDigits", "Pin.SignatureMixesLettersAndDigits"},
     {Reason::kPinFormat}},
    {"S5",
     "Issue by proxy: two visits, the inquiry-and-reply form is posted in between",
     {"daemon/rules/ways.cc: FindWay"},
     {"Sanda.S5IssueByProxyTakesTwoVisits", "Properties.OnlyVoluntaryProxiesComeTwice"},
     {Reason::kTwoVisits, Reason::kPinResetByProxy, Reason::kTwoVisitsNeeded}},
    {"S6",
     "To the first visit: the holder's card, the proxy's identity document",
     {"daemon/rules/ways.cc: ItemsOf"},
     {"Sanda.S6AndS7WhatAProxyBringsToEachVisit"},
     {Reason::kTwoVisits, Reason::kDocumentsMissing}},
    {"S7",
     "To the second visit: card, sealed reply form, identity document",
     {"daemon/rules/ways.cc: ItemsOf"},
     {"Sanda.S6AndS7WhatAProxyBringsToEachVisit"},
     {Reason::kTwoVisits, Reason::kDocumentsMissing}},
    {"S8",
     "Only at the windows that the municipality's file names",
     {"daemon/rules/opening.cc: RefusalsAtCounter"},
     {"Sanda.S8OnlyWindowSevenTakesIt"},
     {Reason::kWindowNotServed}},
    {"S9",
     "Only in its hours, Asia/Tokyo; not on public holidays and at the turn of the year",
     {"daemon/rules/opening.cc: RefusalsAtCounter", "daemon/rules/hours.cc: ClosedOn"},
     {"Sanda.S9WeekdaysFromNineToHalfPastFive", "Sanda.S9IsTokyoTimeWhereverTheMachineStands",
      "Holidays.TheListIsWhatTheActSays"},
     {Reason::kOutsideHours, Reason::kOfficeHoliday, Reason::kHolidaysUnknown}},
    {"S10",
     "Renewal when less than 3 months remain",
     {"daemon/rules/expiry.cc: RenewalOpens"},
     {"Sanda.S10RenewalInTheLastThreeMonths", "Properties.RenewalIsForTheLastThreeMonthsAlone"},
     {Reason::kRenewalTooEarly, Reason::kRenewalWindowOpen}},
    {"S11",
     "The expiry notice with the reply form comes by post: it is told where it matters",
     {"daemon/rules/decision_findings.cc: ExplainProxy"},
     {"Sanda.S11TheNoticeComesByPost"},
     {Reason::kNoticeByPost}},
    {"S12",
     "Until the 5th birthday; of foreign residents until the end of their stay",
     {"daemon/rules/expiry.cc: ExpiryOf", "daemon/rules/application.cc: EndsWithStay"},
     {"Sanda.S12FifthBirthdayOrEndOfStay", "Properties.NothingOutlivesCardStayOrAuth",
      "Properties.ACertificateEndsOnABirthdayOrACap"},
     {Reason::kExpiryByBirthday, Reason::kExpiryByStay, Reason::kStayEnded,
      Reason::kStayDateMissing}},
    {"S13",
     "What no longer works after expiry",
     {"daemon/rules/decision_findings.cc: TellWhatIsLost"},
     {"Sanda.S13TellsWhatNoLongerWorks"},
     {Reason::kLostAfterExpiry}},
    {"S14",
     "Renewal by the holder: the same day, with the card and the previous PINs",
     {"daemon/rules/ways.cc: FindWay", "daemon/rules/ways.cc: ItemsOf"},
     {"Sanda.S14HolderRenewsTheSameDay", "Properties.ARenewalIsNeverShorterThanWhatIsLeft"},
     {Reason::kSameDay}},
    {"S15",
     "Renewal by proxy, still valid and with the form: the same day",
     {"daemon/rules/ways.cc: FindWay", "daemon/rules/decision.cc: WayFor"},
     {"Sanda.S15AndS17ProxyRenewsTheSameDayWithTheForm"},
     {Reason::kSameDay}},
    {"S16",
     "Renewal after expiry: an issue",
     {"daemon/rules/decision.cc: Becomes", "daemon/rules/eligibility.cc: MayMake"},
     {"Sanda.S16AfterExpiryAProxysRenewalIsAnIssue",
      "Properties.ARenewalBecomesAnIssueIfNothingValidIsRenewed",
      "MayMake.AProxyWhoComesOnceRenewsWhatIsValid"},
     {Reason::kRenewalBecomesIssue, Reason::kTwoVisitsNeeded}},
    {"S17",
     "The proxy brings card, sealed form, identity document",
     {"daemon/rules/ways.cc: ItemsOf", "daemon/rules/decision_findings.cc: ExplainProxy"},
     {"Sanda.S15AndS17ProxyRenewsTheSameDayWithTheForm"},
     {Reason::kNoticeFormMissing}},
    {"S18",
     "Renewal: the same windows and hours",
     {"daemon/rules/opening.cc: RefusalsAtCounter"},
     {"Sanda.S18RenewalKeepsWindowAndHours"},
     {Reason::kWindowNotServed, Reason::kOutsideHours, Reason::kOfficeHoliday}},
    {"S19",
     "The office to ask, wherever somebody is told to come back",
     {"daemon/rules/decision_findings.cc: TellWhereToAsk"},
     {"Sanda.S19WhereverOneComesBackTheOfficeIsNamed",
      "Properties.ARefusalSaysWhyAndWhomToAskAndPromisesNothing"},
     {Reason::kWhereToAsk}},
};

// How many golden cases name the row: as their source, as an item's or as a reason's.
int GoldenCases(const std::string& directory, absl::string_view row) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      if (line.empty() || line.front() == '#') continue;
      for (const absl::string_view word : absl::StrSplit(line, absl::ByAnyChar(" /["))) {
        if (word != row) continue;
        ++count;
        break;
      }
    }
  }
  return count;
}

std::string Line(const Procedure& one, const std::string& golden_cases) {
  const auto code = [](std::string* out, const char* text) {
    absl::StrAppend(out, "`", text, "`");
  };
  return absl::StrCat("| ", one.row, " | ", one.rule, " | ", absl::StrJoin(one.where, ", ", code),
                      " | ", absl::StrJoin(one.tests, ", ", code), " | ",
                      GoldenCases(golden_cases, one.row), " | ",
                      absl::StrJoin(one.reasons, ", ",
                                    [](std::string* out, Reason reason) {
                                      absl::StrAppend(out, "`", Row(reason).code, "`");
                                    }),
                      " |\n");
}

std::string Page(const std::string& golden_cases) {
  std::string page =
      "# Procedures\n\n"
      "Each row of the seed page (Sanda city, 電子証明書の発行・更新について) with the rule that "
      "holds "
      "it, its tests,\nhow many golden cases (`daemon/rules/golden`) name it, and the reasons that "
      "tell it. What the reasons\nsay is in [reasons.md](reasons.md).\n\n"
      "Made by `procedures-page`; don't edit it by hand.\n\n"
      "| row | rule | where | tests | golden cases | reasons |\n"
      "|---|---|---|---|---|---|\n";
  for (const Procedure& one : kProcedures) absl::StrAppend(&page, Line(one, golden_cases));
  return page;
}

}  // namespace
}  // namespace jpkid

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string page = jpkid::Page(argv[1]);
  const bool written = std::fwrite(page.data(), 1, page.size(), stdout) == page.size();
  return written && std::fflush(stdout) == 0 ? 0 : 1;
}
