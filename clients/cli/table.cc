#include "clients/cli/table.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace jpkid::cli {
namespace {

// The code point at the start of `text` and how many octets it takes; a stray octet stands for
// itself.
struct Character {
  std::uint32_t code = 0;
  std::size_t octets = 1;
};

Character First(absl::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t octets = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (octets == 1 || octets > text.size()) return {.code = lead};
  std::uint32_t code = lead & (0x7FU >> octets);
  for (std::size_t i = 1; i < octets; ++i) {
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return {.code = code, .octets = octets};
}

// The blocks of wide characters that Japanese text is made of.
bool IsWide(std::uint32_t code) {
  return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
         (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
         (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x20000 && code <= 0x3FFFD);
}

std::size_t ColumnsOfFirst(const Character& character) { return IsWide(character.code) ? 2 : 1; }

}  // namespace

std::size_t Columns(absl::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = First(text);
    columns += ColumnsOfFirst(character);
    text.remove_prefix(character.octets);
  }
  return columns;
}

absl::string_view Fit(absl::string_view text, std::size_t columns) {
  std::size_t octets = 0;
  while (octets < text.size()) {
    const Character character = First(text.substr(octets));
    if (ColumnsOfFirst(character) > columns) break;
    columns -= ColumnsOfFirst(character);
    octets += character.octets;
  }
  return text.substr(0, octets);
}

void Table::Add(std::vector<std::string> row) {
  // What somebody else wrote does not steer this terminal.
  for (std::string& cell : row) {
    std::replace_if(
        cell.begin(), cell.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  }
  rows_.push_back(std::move(row));
}

std::string Table::Text(absl::string_view indent) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent);
    std::size_t blanks = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].empty()) {
        absl::StrAppend(&line, std::string(blanks, ' '), row[i]);
        blanks = 0;
      }
      blanks += widths[i] - Columns(row[i]) + 2;
    }
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

}  // namespace jpkid::cli
