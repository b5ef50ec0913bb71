#include "base/reason.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace jpkid {
namespace {

// Codes that have names for people.
struct Name {
  absl::string_view code, english, japanese;
};
constexpr Name kNames[] = {
    // `pin`, `kind`; `operation`.
    {"auth", "auth", "利用者証明用"},
    {"signature", "signature", "署名用"},
    {"issue", "issue", "新規発行"},
    {"renew", "renew", "更新"},
    // `state` of a case and the act `wanted`.
    {"RECEIVED", "taken", "受付済"},
    {"INQUIRY_MAILED", "inquiry mailed", "照会書送付済"},
    {"REPLY_PRESENTED", "reply presented", "回答書提出済"},
    {"READY", "ready", "準備完了"},
    {"IN_PROGRESS", "at work", "処理中"},
    {"IN_CUSTODY", "card in custody", "カードお預かり中"},
    {"PIN_MISMATCH", "PIN mismatch", "暗証番号不一致"},
    {"COMPLETED", "completed", "完了"},
    {"EXPIRED", "expired", "期限切れ"},
    {"WITHDRAWN", "withdrawn", "取下げ済"},
    {"mail-inquiry", "mailing the inquiry", "照会書の送付"},
    {"present-reply", "presenting the reply", "回答書の提出"},
    {"withdraw", "withdrawing it", "取下げ"},
    {"run", "running it", "処理の開始"},
};

// A value as it is said.
absl::string_view Said(absl::string_view name, absl::string_view value, Language language) {
  if (name != "pin" && name != "kind" && name != "operation" && name != "state" &&
      name != "wanted") {
    return value;
  }
  for (const Name& one : kNames) {
    if (one.code == value) return language == Language::kJapanese ? one.japanese : one.english;
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

// `text` with each `{name}` replaced; a name without a value becomes a question mark. A value is
// taken as it is, whatever it holds.
std::string Fill(absl::string_view text, const ReasonMetadata& metadata, Language language) {
  const std::string chosen = Chosen(text, metadata);
  absl::string_view left = chosen;
  std::string filled;
  while (!left.empty()) {
    const std::size_t open = left.find('{');
    const std::size_t close = open == left.npos ? left.npos : left.find('}', open);
    absl::StrAppend(&filled, left.substr(0, close == left.npos ? left.npos : open));
    if (close == left.npos) break;
    const absl::string_view name = left.substr(open + 1, close - open - 1);
    const auto found = metadata.find(std::string(name));
    absl::StrAppend(&filled, found == metadata.end() ? "?" : Said(name, found->second, language));
    left.remove_prefix(close + 1);
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
