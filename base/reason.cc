#include "base/reason.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace jpkid {
namespace {

// A value as it is said: the codes of the two PINs and certificates have names in Japanese.
absl::string_view Said(const std::string& name, const std::string& value, Language language) {
  if (language == Language::kJapanese && (name == "pin" || name == "kind")) {
    if (value == "auth") return "利用者証明用";
    if (value == "signature") return "署名用";
  }
  return value;
}

// Whether `metadata` has a value for each `{name}` of `text`.
bool IsKnown(absl::string_view text, const ReasonMetadata& metadata) {
  for (std::size_t open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
    if (!metadata.contains(std::string(text.substr(open + 1, text.find('}', open) - open - 1)))) {
      return false;
    }
  }
  return true;
}

// `text` without its `[…]` of which a value is not known; of the others the brackets go.
std::string Chosen(absl::string_view text, const ReasonMetadata& metadata) {
  std::string chosen;
  while (!text.empty()) {
    const std::size_t open = text.find('[');
    absl::StrAppend(&chosen, text.substr(0, open));
    if (open == text.npos) break;
    const std::size_t close = text.find(']', open);
    const absl::string_view part = text.substr(open + 1, close - open - 1);
    if (IsKnown(part, metadata)) absl::StrAppend(&chosen, part);
    text.remove_prefix(close == text.npos ? text.size() : close + 1);
  }
  return chosen;
}

// `text` with each `{name}` replaced; a name without a value becomes a question mark.
std::string Fill(absl::string_view text, const ReasonMetadata& metadata, Language language) {
  std::string filled = Chosen(text, metadata);
  for (const auto& [name, value] : metadata) {
    filled =
        absl::StrReplaceAll(filled, {{absl::StrCat("{", name, "}"), Said(name, value, language)}});
  }
  std::size_t open = filled.find('{');
  while (open != std::string::npos) {
    const std::size_t close = filled.find('}', open);
    if (close == std::string::npos) break;
    filled.replace(open, close - open + 1, 1, '?');
    open = filled.find('{', open);
  }
  return filled;
}

}  // namespace

const ReasonRow& Row(Reason reason) { return ReasonCatalogue()[static_cast<std::size_t>(reason)]; }

std::optional<Reason> ReasonFromCode(absl::string_view code) {
  for (const ReasonRow& row : ReasonCatalogue()) {
    if (row.code == code) return row.reason;
  }
  return std::nullopt;
}

std::string Text(Reason reason, const ReasonMetadata& metadata, Language language) {
  const ReasonRow& row = Row(reason);
  return Fill(language == Language::kJapanese ? row.japanese : row.english, metadata, language);
}

std::string Remedy(Reason reason, const ReasonMetadata& metadata, Language language) {
  const ReasonRow& row = Row(reason);
  const bool japanese = language == Language::kJapanese;
  std::vector<std::string> lines = {
      Fill(japanese ? row.remedy_japanese : row.remedy_english, metadata, language)};
  if (const auto also = metadata.find(japanese ? "also_ja" : "also"); also != metadata.end()) {
    lines.push_back(also->second);
  }
  // S19: whom to ask, with whatever reason somebody is told to come back.
  if (reason != Reason::kWhereToAsk && metadata.contains("office")) {
    lines.push_back(Text(Reason::kWhereToAsk, metadata, language));
  }
  std::erase(lines, "");
  return absl::StrJoin(lines, "\n");
}

}  // namespace jpkid
