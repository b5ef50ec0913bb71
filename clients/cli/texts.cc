#include "clients/cli/texts.h"

#include <array>

namespace jpkid::cli {
namespace {

struct Row {
  absl::string_view english;
  absl::string_view japanese;
};

constexpr std::array kTexts = {
#define TEXT(name, english, japanese) Row{english, japanese},
#include "clients/cli/texts.inc"
#undef TEXT
};

}  // namespace

absl::string_view Words::Pattern(Msg msg) const {
  const Row& row = kTexts[static_cast<std::size_t>(msg)];
  return language_ == Language::kJapanese ? row.japanese : row.english;
}

}  // namespace jpkid::cli
