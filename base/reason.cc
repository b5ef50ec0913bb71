#include "base/reason.h"

#include "absl/strings/str_cat.h"
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

// `text` with each `{name}` replaced; a name without a value becomes a question mark.
std::string Fill(absl::string_view text, const ReasonMetadata& metadata, Language language) {
  std::string filled(text);
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
  return Fill(language == Language::kJapanese ? row.remedy_japanese : row.remedy_english, metadata,
              language);
}

}  // namespace jpkid
