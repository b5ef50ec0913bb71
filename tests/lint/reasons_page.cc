// Prints docs/reasons.md: every reason of the catalogue, for people who read one on a screen or in
// a log and want to know what it means and what to do.

#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#include "base/reason.h"

namespace jpkid {
namespace {

absl::string_view OnTheCard(CardChange change) {
  switch (change) {
    case CardChange::kUnchanged:
      return "card unchanged";
    case CardChange::kMaybe:
      return "card perhaps changed";
    case CardChange::kNotApplicable:
      return "no card in play";
  }
  return "";
}

std::string Section(const ReasonRow& row) {
  return absl::StrCat("\n## ", row.code, "\n\n`", absl::StatusCodeToString(row.status), "`, ",
                      OnTheCard(row.card), "\n\n", row.english, "\n→ ", row.remedy_english, "\n\n",
                      row.japanese, "\n→ ", row.remedy_japanese, "\n");
}

std::string Page() {
  std::string page =
      "# Reasons\n\n"
      "Why jpkid refused something or failed. Each reason comes with its gRPC status code and says "
      "what\nthe card is like afterwards; the arrow is what to do now. Words in braces are filled "
      "in,\nwhat stands in brackets is left out where they are not known.\n\n"
      "Made from `base/reason_rows_*.cc` by `reasons-page`; don't edit it by hand.\n";
  for (const ReasonRow& row : ReasonCatalogue()) {
    absl::StrAppend(&page, Section(row));
  }
  return page;
}

}  // namespace
}  // namespace jpkid

int main() {
  const std::string page = jpkid::Page();
  const bool written = std::fwrite(page.data(), 1, page.size(), stdout) == page.size();
  return written && std::fflush(stdout) == 0 ? 0 : 1;
}
