#include "clients/cli/slip.h"

#include <sstream>

#include <gtest/gtest.h>

#include "clients/cli/slips.h"
#include "clients/cli/table.h"
#include "clients/cli/text_case.h"

namespace jpkid::cli {
namespace {

Slip Example() {
  return {.language = Language::kEnglish,
          .training = "TRAINING",
          .title = "A <title> & more",
          .sections = {{.rows = {{"Card", "***1"}, {"Name \"x\"", "O'Neil"}}},
                       {.heading = "To bring", .items = {"the card", "<b>the form</b>"}},
                       {.paragraphs = {"One.", "Two."}}}};
}

TEST(SlipTest, AsText) {
  EXPECT_EQ(SlipText(Example()),
            "TRAINING\n"
            "================================================================\n"
            "A <title> & more\n"
            "================================================================\n"
            "Card      ***1\n"
            "Name \"x\"  O'Neil\n"
            "\n"
            "[ To bring ]\n"
            "[ ] the card\n"
            "[ ] <b>the form</b>\n"
            "\n"
            "One.\n"
            "Two.\n"
            "\n"
            "TRAINING\n");
}

TEST(SlipTest, NoLineIsWiderThanThePaperAndNoneBeginsWithAFullStop) {
  Slip slip;
  std::string japanese;
  for (int i = 0; i < 40; ++i) japanese += i % 8 == 7 ? "。" : "あ";
  slip.sections = {{.paragraphs = {std::string(200, 'x'), "many words " + std::string(60, 'y')},
                    .items = {japanese}}};
  std::istringstream lines(SlipText(slip));
  std::string line;
  while (std::getline(lines, line)) {
    EXPECT_LE(Columns(line), 66U) << line;
    EXPECT_NE(line.rfind("    。", 0), 0U) << line;
  }
}

TEST(SlipTest, JapaneseIsCutAnywhereButNotInALatinWord) {
  const auto text = [](const std::string& paragraph) {
    const std::string all = SlipText({.sections = {{.paragraphs = {paragraph}}}});
    return all.substr(all.rfind("=\n") + 2);
  };
  const std::string wide =
      "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふ";  // 56 columns.
  EXPECT_EQ(text("1. " + wide + "へほまみ"), "1. " + wide + "へほ\nまみ\n\n");
  EXPECT_EQ(text(wide + "や e-Taxes（税）"), wide + "や\ne-Taxes（税）\n\n");
  EXPECT_EQ(text(wide + "やe-Taxes（税）"), wide + "や\ne-Taxes（税）\n\n") << "no blank before it";
}

TEST(SlipTest, AsAPageThatStandsAlone) {
  const std::string page = SlipHtml(Example(), Paper::kA5);
  for (const char* part :
       {"<html lang=\"en\">", "<meta charset=\"utf-8\">", "default-src 'none'", "size: A5",
        "<h1>A &lt;title&gt; &amp; more</h1>", "<p class=\"training\">TRAINING</p>",
        "<th scope=\"row\">Name &quot;x&quot;</th><td>O&#39;Neil</td>", "<h2>To bring</h2>",
        "<li>&lt;b&gt;the form&lt;/b&gt;</li>", "<p>One.</p>\n<p>Two.</p>"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  for (const char* part : {"<b>", "src=", "href=", "url(", "<script"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
}

TEST(SlipTest, WhatIsRealHasNoTrainingMark) {
  Slip slip = Example();
  slip.training = "";
  EXPECT_EQ(SlipHtml(slip, Paper::kA6).find("<p class=\"training\">"), std::string::npos);
  EXPECT_EQ(SlipText(slip).find("TRAINING"), std::string::npos);
}

TEST(SlipTest, SerialsAreMasked) {
  EXPECT_EQ(Masked("123456789012345"), "***********2345");
  EXPECT_EQ(Masked("1234"), "****");
  EXPECT_EQ(Masked(""), "");
}

TEST(SlipTest, DatesAsPeopleSayThem) {
  EXPECT_EQ(DateInWords(Words(Language::kEnglish), "2026-12-06"), "Sunday, 6 December 2026");
  EXPECT_EQ(DateInWords(Words(Language::kJapanese), "2026-12-06"), "2026年12月6日（日）");
  EXPECT_EQ(DateInWords(Words(Language::kJapanese), "2028-02-29"), "2028年2月29日（火）");
  EXPECT_EQ(DateInWords(Words(Language::kEnglish), "soon"), "soon");
}

}  // namespace
}  // namespace jpkid::cli
