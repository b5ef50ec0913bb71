#include "clients/cli/texts.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace jpkid::cli {
namespace {

constexpr Msg kAll[] = {
#define TEXT(name, english, japanese) Msg::name,
#include "clients/cli/texts.inc"
#undef TEXT
};

// "$0$2" of a pattern, each once and in order.
std::set<char> Places(absl::string_view pattern) {
  std::set<char> places;
  for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] == '$') places.insert(pattern[i + 1]);
  }
  return places;
}

TEST(TextsTest, BothLanguagesSayTheSameThings) {
  const Words english(Language::kEnglish);
  const Words japanese(Language::kJapanese);
  for (const Msg msg : kAll) {
    const std::string pattern(english.Pattern(msg));
    EXPECT_FALSE(pattern.empty());
    EXPECT_FALSE(japanese.Pattern(msg).empty()) << pattern;
    EXPECT_EQ(Places(pattern), Places(japanese.Pattern(msg))) << pattern;
  }
}

TEST(TextsTest, PlacesAreFilled) {
  EXPECT_EQ(Words(Language::kEnglish)(Msg::kStepOf, 3, 16, 25), "step 3 of 16, 25 %");
  EXPECT_EQ(Words(Language::kJapanese)(Msg::kStepOf, 3, 16, 25), "3/16 段階（25 %）");
}

TEST(TextsTest, TheTrainingBannerCannotBeMissedInEitherLanguage) {
  for (const Language language : {Language::kEnglish, Language::kJapanese}) {
    const std::string banner = Words(language)(Msg::kTraining);
    EXPECT_EQ(banner.substr(0, 3), "***");
    EXPECT_NE(banner.find("TRAINING"), std::string::npos);
  }
}

}  // namespace
}  // namespace jpkid::cli
