#include "daemon/config/findings.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace jpkid::config {

void Findings::Refuse(Place place, absl::string_view sentence) {
  refusals_.push_back({.place = place, .sentence = std::string(sentence)});
}

void Findings::Warn(Place place, absl::string_view sentence) {
  warnings_.push_back({.place = place, .sentence = std::string(sentence)});
}

absl::Status Findings::status() const {
  if (refusals_.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(Lines(refusals_), "\n"));
}

std::vector<std::string> Findings::Lines(std::vector<Finding> findings) const {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  std::vector<std::string> lines;
  lines.reserve(findings.size());
  for (const Finding& one : findings) {
    const std::string place =
        one.place.line == 0 ? "" : absl::StrCat(one.place.line, ":", one.place.column, ":");
    lines.push_back(absl::StrCat(file_, ":", place, " ", one.sentence));
  }
  return lines;
}

}  // namespace jpkid::config
