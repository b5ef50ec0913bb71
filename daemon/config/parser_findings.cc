#include "daemon/config/parser_findings.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace jpkid::config {
namespace {

bool IsWordCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
}

std::string Sentence(const std::string& message) {
  const std::string unknown = " has no field named ";
  if (const std::size_t at = message.find(unknown); at != std::string::npos) {
    return absl::StrCat("There is no setting ", message.substr(at + unknown.size()));
  }
  if (absl::EndsWith(message, "got: ")) return absl::StrCat(message, "the end of the text.");
  return absl::EndsWith(message, ".") ? message : absl::StrCat(message, ".");
}

}  // namespace

ParserFindings::ParserFindings(absl::string_view text, Findings& findings)
    : lines_(absl::StrSplit(text, '\n')), findings_(findings) {}

void ParserFindings::AddError(int line, int column, const std::string& message) {
  findings_.Refuse(PlaceOf(line, column, message), Sentence(message));
}

void ParserFindings::AddWarning(int line, int column, const std::string& message) {
  findings_.Warn(PlaceOf(line, column, message), Sentence(message));
}

Place ParserFindings::PlaceOf(int line, int column, const std::string& message) const {
  const Place told = {.line = line + 1, .column = column + 1};
  if (line < 0 || static_cast<std::size_t>(line) >= lines_.size()) return told;
  const absl::string_view before = lines_[static_cast<std::size_t>(line)].substr(
      0, static_cast<std::size_t>(std::max(column, 0)));
  std::size_t end = before.size();
  while (end > 0 && before[end - 1] == ' ') --end;
  std::size_t begin = end;
  while (begin > 0 && IsWordCharacter(before[begin - 1])) --begin;
  const std::string word = absl::StrCat("\"", before.substr(begin, end - begin), "\"");
  // The parser counts a tab as more than one column: then its own place is as good as it gets.
  const bool meant =
      begin < end && absl::StrContains(message, word) && !absl::StrContains(before, "\t");
  return meant ? Place{.line = told.line, .column = static_cast<int>(begin) + 1} : told;
}

}  // namespace jpkid::config
