#include "clients/cli/text_case.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"

#include "clients/cli/enum_words.h"
#include "clients/cli/names.h"
#include "clients/cli/table.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Applicant;
using jpki::v1::Application;
using jpki::v1::Case;
using jpki::v1::CaseAct;

void AddUnlessEmpty(const std::string& label, const std::string& value, Table& table) {
  if (!value.empty()) table.Add({label, value});
}

// What a clerk does next; "" where the case has ended.
std::string Next(const Case& one) {
  const std::string id = one.name().substr(one.name().find('/') + 1);
  const std::string mail = absl::StrCat("jpkictl case mail-inquiry ", id);
  const std::string present = absl::StrCat("jpkictl case present-reply ", id, " --presenter ",
                                           WordOf(one.application().applicant()), " --checked ",
                                           absl::StrJoin(one.missing_items(), ","));
  switch (one.state()) {
    case Case::STATE_RECEIVED:
      return one.missing_items().empty() ? mail : present;
    case Case::STATE_PIN_MISMATCH:
      return mail;
    case Case::STATE_INQUIRY_MAILED:
    case Case::STATE_REPLY_PRESENTED:
      return present;
    case Case::STATE_READY:
      return absl::StrCat("jpkictl case run ", id);
    case Case::STATE_IN_PROGRESS:
    case Case::STATE_IN_CUSTODY:
      return absl::StrCat("jpkictl operation watch ", one.operation());
    default:
      return "";
  }
}

std::string Expiries(const Words& words, const jpki::v1::ExpiryDates& expiry) {
  std::vector<std::string> dates;
  if (expiry.has_auth()) dates.push_back(absl::StrCat(words(Msg::kAuth), " ", expiry.auth()));
  if (expiry.has_signature()) {
    dates.push_back(absl::StrCat(words(Msg::kSignature), " ", expiry.signature()));
  }
  return absl::StrJoin(dates, words(Msg::kListSeparator));
}

std::string Items(const Words& words, const Case& one) {
  std::vector<std::string> missing;
  for (const std::string& code : one.missing_items()) {
    missing.push_back(words(Msg::kItemOfCode, TextOfItem(one, code), code));
  }
  return absl::StrJoin(missing, words(Msg::kListSeparator));
}

Table TableOf(const Words& words, const Case& one) {
  Table table;
  table.Add(
      {words(Msg::kCase), one.training() ? words(Msg::kTrainingMark, one.name()) : one.name()});
  table.Add({words(Msg::kState), Name(words, one.state())});
  table.Add({words(Msg::kWhat), What(words, one.application())});
  table.Add({words(Msg::kApplicant), Name(words, one.application().applicant())});
  AddUnlessEmpty(words(Msg::kCard), one.card_serial(), table);
  AddUnlessEmpty(words(Msg::kExpiryToCome), Expiries(words, one.procedure().expiry()), table);
  AddUnlessEmpty(words(Msg::kReplyDue), one.reply_due(), table);
  AddUnlessEmpty(words(Msg::kMissing), Items(words, one), table);
  AddUnlessEmpty(words(Msg::kOperation), one.operation(), table);
  AddUnlessEmpty(words(Msg::kNext), Next(one), table);
  table.Add({words(Msg::kEtag), one.etag()});
  return table;
}

}  // namespace

std::string Name(const Words& words, Applicant applicant) {
  switch (applicant) {
    case jpki::v1::APPLICANT_UNSPECIFIED:
    case jpki::v1::APPLICANT_HOLDER:
      return words(Msg::kHolder);
    case jpki::v1::APPLICANT_VOLUNTARY_PROXY:
      return words(Msg::kVoluntaryProxy);
    case jpki::v1::APPLICANT_LEGAL_REPRESENTATIVE:
      return words(Msg::kLegalRepresentative);
    default:
      return words(Msg::kUnknown);
  }
}

std::string Name(const Words& words, Case::State state) {
  switch (state) {
    case Case::STATE_RECEIVED:
      return words(Msg::kCaseReceived);
    case Case::STATE_INQUIRY_MAILED:
      return words(Msg::kCaseInquiryMailed);
    case Case::STATE_REPLY_PRESENTED:
      return words(Msg::kCaseReplyPresented);
    case Case::STATE_READY:
      return words(Msg::kCaseReady);
    case Case::STATE_IN_PROGRESS:
      return words(Msg::kCaseInProgress);
    case Case::STATE_COMPLETED:
      return words(Msg::kSucceeded);
    case Case::STATE_PIN_MISMATCH:
      return words(Msg::kCasePinMismatch);
    case Case::STATE_EXPIRED:
      return words(Msg::kCaseExpired);
    case Case::STATE_WITHDRAWN:
      return words(Msg::kCaseWithdrawn);
    case Case::STATE_IN_CUSTODY:
      return words(Msg::kCaseInCustody);
    default:
      return words(Msg::kUnknown);
  }
}

std::string What(const Words& words, const Application& application) {
  std::vector<std::string> kinds;
  for (const int kind : application.kinds()) {
    kinds.push_back(Name(words, static_cast<jpki::v1::CertificateKind>(kind)));
  }
  if (kinds.empty()) kinds = {words(Msg::kAuth), words(Msg::kSignature)};
  return words(Msg::kWhatOf, Name(words, application.type()),
               absl::StrJoin(kinds, words(Msg::kListSeparator)));
}

std::string TextOfItem(const Case& one, const std::string& code) {
  for (const auto& item : one.procedure().required_items()) {
    if (item.code() == code) return item.text();
  }
  return code;
}

std::string CaseName(absl::string_view text) {
  return absl::StartsWith(text, "cases/") ? std::string(text) : absl::StrCat("cases/", text);
}

std::string DateInWords(const Words& words, absl::string_view date) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(date, &day)) return std::string(date);
  if (words.language() == Language::kEnglish) {
    return absl::FormatTime("%A, %-d %B %Y", absl::FromCivil(day, absl::UTCTimeZone()),
                            absl::UTCTimeZone());
  }
  static constexpr absl::string_view kDays[] = {"月", "火", "水", "木", "金", "土", "日"};
  return absl::StrFormat("%d年%d月%d日（%s）", day.year(), day.month(), day.day(),
                         kDays[static_cast<std::size_t>(absl::GetWeekday(day))]);
}

std::string Text(const Words& words, const Case& one) {
  std::string text = TableOf(words, one).Text();
  Table history;
  for (const CaseAct& act : one.history()) {
    history.Add(
        {LocalTime(act.time()), act.act(), Name(words, act.state()), act.actor(), act.detail()});
  }
  absl::StrAppend(&text, words(Msg::kHistory), "\n", history.Text("  "));
  return text;
}

std::string Text(const Words& words, const jpki::v1::ListCasesResponse& response) {
  if (response.cases().empty()) return absl::StrCat(words(Msg::kNoCases), "\n");
  Table table;
  table.Add({words(Msg::kCase), words(Msg::kBegun), words(Msg::kWhat), words(Msg::kApplicant),
             words(Msg::kState), words(Msg::kReplyDue), words(Msg::kCard)});
  for (const Case& one : response.cases()) {
    table.Add({one.name(), LocalTime(one.create_time()), What(words, one.application()),
               Name(words, one.application().applicant()), Name(words, one.state()),
               one.reply_due(), one.card_serial()});
  }
  std::string text = table.Text();
  if (!response.next_page_token().empty()) {
    absl::StrAppend(&text, words(Msg::kMoreCases, response.next_page_token()), "\n");
  }
  return text;
}

}  // namespace jpkid::cli
