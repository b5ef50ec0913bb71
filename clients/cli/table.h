#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// Text in columns, on a terminal where a kanji is two columns wide.
namespace jpkid::cli {

// How many columns UTF-8 `text` takes: two for East Asian wide characters (Unicode's UAX #11, W
// and F), one for any other.
std::size_t Columns(absl::string_view text);

// As much of UTF-8 `text` as fits into `columns`.
absl::string_view Fit(absl::string_view text, std::size_t columns);

// Rows of cells; each column as wide as its widest cell. No blanks at the ends of lines.
class Table {
 public:
  // Control characters become question marks.
  void Add(std::vector<std::string> row);
  // Lines that begin with `indent`.
  std::string Text(absl::string_view indent = "") const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace jpkid::cli
