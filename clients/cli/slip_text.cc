#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "clients/cli/slip.h"
#include "clients/cli/table.h"

namespace jpkid::cli {
namespace {

constexpr std::size_t kColumns = 64;

// Characters that do not begin a line of Japanese (JIS X 4051, 行頭禁則).
bool MayNotBegin(absl::string_view text) {
  for (const absl::string_view mark : {"。", "、", "）", "」", "ー"}) {
    if (absl::StartsWith(text, mark)) return true;
  }
  return false;
}

bool IsLatin(char octet) { return absl::ascii_isgraph(static_cast<unsigned char>(octet)); }

// How much of `text` stands on one line: as much as fits. A word of Latin letters that is not wider
// than the line is not cut; Japanese is cut anywhere.
std::size_t LineOf(absl::string_view text, std::size_t columns) {
  std::size_t length = Fit(text, columns).size();
  if (length == text.size() || text[length] == ' ') return length;
  if (IsLatin(text[length])) {
    std::size_t word = length;
    while (word > 0 && IsLatin(text[word - 1])) --word;
    return word > 0 ? word : length;
  }
  while (MayNotBegin(text.substr(length))) length += sizeof("。") - 1;
  return length;
}

// `text` in lines; the first begins with `mark`, the others are indented as far.
std::string Wrapped(absl::string_view text, absl::string_view mark) {
  std::string lines;
  std::string lead(mark);
  while (!text.empty()) {
    const std::size_t length = LineOf(text, kColumns - Columns(mark));
    absl::StrAppend(&lines, lead, absl::StripTrailingAsciiWhitespace(text.substr(0, length)), "\n");
    text.remove_prefix(length);
    while (absl::StartsWith(text, " ")) text.remove_prefix(1);
    lead = std::string(Columns(mark), ' ');
  }
  return lines;
}

std::string Text(const SlipSection& section) {
  std::string text;
  if (!section.heading.empty()) absl::StrAppend(&text, "[ ", section.heading, " ]\n");
  for (const std::string& paragraph : section.paragraphs) {
    absl::StrAppend(&text, Wrapped(paragraph, ""));
  }
  Table table;
  for (const auto& [label, value] : section.rows) table.Add({label, value});
  absl::StrAppend(&text, table.Text());
  for (const std::string& item : section.items) absl::StrAppend(&text, Wrapped(item, "[ ] "));
  return text;
}

}  // namespace

std::string SlipText(const Slip& slip) {
  const std::string rule(kColumns, '=');
  std::string text;
  if (!slip.training.empty()) absl::StrAppend(&text, Wrapped(slip.training, ""));
  absl::StrAppend(&text, rule, "\n", Wrapped(slip.title, ""), rule, "\n");
  for (const SlipSection& section : slip.sections) absl::StrAppend(&text, Text(section), "\n");
  if (!slip.training.empty()) absl::StrAppend(&text, Wrapped(slip.training, ""));
  return text;
}

}  // namespace jpkid::cli
