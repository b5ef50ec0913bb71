#include "clients/lib/language.h"

#include <gtest/gtest.h>

namespace jpkid::client {
namespace {

TEST(LanguageTest, TheFirstVariableThatIsNotEmptyDecides) {
  EXPECT_EQ(LanguageOfLocale("ja_JP.UTF-8", "en_US.UTF-8", "C"), Language::kJapanese);
  EXPECT_EQ(LanguageOfLocale("C", "ja_JP.UTF-8", "ja_JP.UTF-8"), Language::kEnglish);
  EXPECT_EQ(LanguageOfLocale("", "ja_JP", "C"), Language::kJapanese);
  EXPECT_EQ(LanguageOfLocale("", "", "ja"), Language::kJapanese);
  EXPECT_EQ(LanguageOfLocale("", "", ""), Language::kEnglish);
}

TEST(LanguageTest, OnlyTheLanguagePartOfALocaleCounts) {
  EXPECT_EQ(LanguageOfLocale("ja.UTF-8", "", ""), Language::kJapanese);
  EXPECT_EQ(LanguageOfLocale("ja@x", "", ""), Language::kJapanese);
  EXPECT_EQ(LanguageOfLocale("jam_JM", "", ""), Language::kEnglish);
  EXPECT_EQ(LanguageOfLocale("en_JA.ja", "", ""), Language::kEnglish);
}

TEST(LanguageTest, TagsGoBothWays) {
  EXPECT_EQ(LanguageOfTag(LanguageTag(Language::kJapanese)), Language::kJapanese);
  EXPECT_EQ(LanguageOfTag(LanguageTag(Language::kEnglish)), Language::kEnglish);
  EXPECT_EQ(LanguageOfTag("fr"), std::nullopt);
  EXPECT_EQ(LanguageOfTag("JA"), std::nullopt);
}

}  // namespace
}  // namespace jpkid::client
