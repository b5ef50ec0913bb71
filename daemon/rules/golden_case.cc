#include "daemon/rules/golden_case.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "base/clock.h"

namespace jpkid::rules {
namespace {

using certs::Kind;
using Words = std::vector<std::string>;

[[noreturn]] void Unreadable(const GoldenCase& one, absl::string_view what) {
  std::cerr << one.place << ": not understood: " << what << "\n";
  std::abort();
}

absl::CivilDay Day(const GoldenCase& one, absl::string_view text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) Unreadable(one, text);
  return day;
}

std::vector<Kind> Kinds(const GoldenCase& one, absl::string_view text) {
  std::vector<Kind> kinds;
  for (const absl::string_view name : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const auto kind = certs::ParseKind(name);
    if (!kind.ok()) Unreadable(one, name);
    kinds.push_back(*kind);
  }
  return kinds;
}

bool ReadFlag(const std::string& word, Application& application) {
  const struct {
    absl::string_view word;
    bool& flag;
  } flags[] = {{"first", application.first_issue},
               {"form", application.has_notice_form},
               {"hidden", application.holds_signature},
               {"pinless", application.pinless_card},
               {"ward", application.adult_ward},
               {"household", application.same_household},
               {"appointment", application.has_appointment},
               {"unregistered", application.not_registered}};
  for (const auto& one : flags) {
    if (one.word == word) return one.flag = true;
  }
  if (word == "proxy") application.applicant = Applicant::kVoluntaryProxy;
  if (word == "legal") application.applicant = Applicant::kLegalRepresentative;
  if (word == "renew") application.procedure = Procedure::kRenew;
  return word == "proxy" || word == "legal" || word == "renew" || word == "issue";
}

bool ReadDay(GoldenCase& one, absl::string_view name, absl::string_view value) {
  Application& application = one.application;
  if (name == "born")
    application.birth_date = Day(one, value);
  else if (name == "card")
    application.card_expiry = value == "unseen" ? std::nullopt : std::optional(Day(one, value));
  else if (name == "auth")
    application.auth_expiry = Day(one, value);
  else if (name == "sig")
    application.signature_expiry = Day(one, value);
  else if (name == "both")
    application.auth_expiry = application.signature_expiry = Day(one, value);
  else if (name == "stay")
    application.stay_until = Day(one, value);
  else
    return false;
  return true;
}

void ReadWord(GoldenCase& one, const std::string& word) {
  if (ReadFlag(word, one.application)) return;
  const std::pair<absl::string_view, absl::string_view> pair =
      absl::StrSplit(word, absl::MaxSplits('=', 1));
  const auto [name, value] = pair;
  if (ReadDay(one, name, value)) return;
  if (name == "kinds")
    one.application.kinds = Kinds(one, value);
  else if (name == "revoked")
    one.application.revoked_kinds = Kinds(one, value);
  else if (name == "reset")
    one.application.reset_pins = Kinds(one, value);
  else if (name == "status")
    one.application.residence_status = ParseResidenceStatus(value).value();
  else if (name == "window")
    one.application.window = std::string(value);
  else if (name == "in")
    one.municipality = std::string(value);
  else
    Unreadable(one, word);
}

void ReadAnswer(GoldenCase& one, const Words& words) {
  Decision& answer = one.answer;
  if (words.front() == "error") {
    one.error = words.at(1);
    return;
  }
  answer.becomes = ParseProcedure(words.at(1)).value();
  if (words.front() == "no") return;
  if (!absl::SimpleAtoi(words.front(), &answer.visits)) Unreadable(one, words.front());
  answer.allowed = true;
  answer.same_day = answer.visits == 1;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const absl::string_view word = words[i];
    const bool auth = absl::StartsWith(word, "auth=");
    (auth ? answer.auth_expiry : answer.signature_expiry) =
        Day(one, word.substr(word.find('=') + 1));
    answer.kinds.push_back(auth ? Kind::kAuth : Kind::kSignature);
  }
}

void ReadItems(GoldenCase& one, const Words& words) {
  int visit = 1;
  for (const std::string& word : words) {
    if (word == "-") return;
    if (word == "/") {
      ++visit;
      continue;
    }
    const std::map<absl::string_view, absl::string_view> codes = {{"H", "HOLDER_CARD"},
                                                                  {"P", "PREVIOUS_PINS"},
                                                                  {"I", "PROXY_PHOTO_ID"},
                                                                  {"F", "SEALED_REPLY_FORM"},
                                                                  {"A", "AUTHORITY_DOCUMENT"}};
    if (!codes.contains(word)) Unreadable(one, word);
    one.answer.items.push_back({.code = std::string(codes.at(word)), .visit = visit});
  }
}

// CODE/ROW[name=value,name=value]
void ReadReason(GoldenCase& one, absl::string_view word) {
  if (word == "-") return;
  ExpectedReason reason;
  const std::pair<std::string, std::string> halves =
      absl::StrSplit(absl::StripSuffix(word, "]"), absl::MaxSplits('[', 1));
  const std::pair<std::string, std::string> code =
      absl::StrSplit(halves.first, absl::MaxSplits('/', 1));
  reason.code = code.first;
  reason.source = absl::StrReplaceAll(code.second, {{"_", " "}});
  std::string last;
  for (const absl::string_view part : absl::StrSplit(halves.second, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    const bool names = absl::StrContains(part, '=');
    if (names) last = pair.first;
    const std::string value =
        absl::StrReplaceAll(names ? pair.second : "," + pair.first, {{"_", " "}});
    reason.metadata[last] += value;
  }
  if (!ReasonFromCode(reason.code).has_value()) Unreadable(one, word);
  one.reasons.push_back(reason);
}

Words WordsOf(absl::string_view text) { return absl::StrSplit(text, ' ', absl::SkipEmpty()); }

GoldenCase ReadLine(const std::string& place, absl::string_view line) {
  GoldenCase one;
  one.place = place;
  const std::vector<std::string> columns = absl::StrSplit(line, '|');
  if (columns.size() != 6) Unreadable(one, line);
  one.source = std::string(absl::StripAsciiWhitespace(columns[0]));
  absl::CivilMinute at;
  const std::string text =
      absl::StrReplaceAll(absl::StripAsciiWhitespace(columns[1]), {{" ", "T"}});
  if (!absl::ParseCivilTime(text, &at)) Unreadable(one, columns[1]);
  one.at = absl::FromCivil(at, Tokyo());
  one.application = {.kinds = {Kind::kSignature, Kind::kAuth},
                     .birth_date = absl::CivilDay(1980, 2, 17),
                     .card_expiry = absl::CivilDay(2033, 2, 17)};
  for (const std::string& word : WordsOf(columns[2])) ReadWord(one, word);
  ReadAnswer(one, WordsOf(columns[3]));
  ReadItems(one, WordsOf(columns[4]));
  for (const std::string& word : WordsOf(columns[5])) ReadReason(one, word);
  return one;
}

}  // namespace

std::vector<GoldenCase> ReadGoldenCases(const std::string& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<GoldenCase> cases;
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      if (line.empty() || line.front() == '#') continue;
      cases.push_back(
          ReadLine(absl::StrCat("golden/", file.filename().string(), ":", number), line));
    }
  }
  return cases;
}

}  // namespace jpkid::rules
