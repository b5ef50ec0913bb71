#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include "clients/cli/slip.h"
#include "clients/lib/language.h"

namespace jpkid::cli {
namespace {

constexpr absl::string_view kStyle = R"(
* { box-sizing: border-box; }
body { font-family: "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", Meiryo, sans-serif;
  line-height: 1.45; color: #000; background: #fff; margin: 0 auto; padding: 4mm; }
h1 { font-size: 1.35em; margin: 0 0 .5em; padding-bottom: .25em; border-bottom: .5mm solid #000; }
h2 { font-size: 1.05em; margin: .8em 0 .2em; }
p { margin: .2em 0; overflow-wrap: anywhere; }
section { break-inside: avoid; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .1em .4em .1em 0;
  border-bottom: .1mm solid #999; }
th { font-weight: normal; width: 36%; }
td { font-weight: bold; overflow-wrap: anywhere; }
ul { list-style: none; margin: .2em 0; padding: 0; }
li { padding-left: 1.5em; text-indent: -1.5em; }
li::before { content: "\2610"; display: inline-block; width: 1.5em; text-indent: 0; }
.training { border: .5mm dashed #b00; color: #b00; font-weight: bold; text-align: center;
  padding: .2em; margin: 0 0 .6em; }
@media print { body { padding: 0; width: auto; } }
)";

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

// The rules that depend on the paper: a page is 105 mm or 148 mm wide.
std::string PageStyle(Paper paper) {
  const bool small = paper == Paper::kA6;
  return absl::StrCat("@page { size: ", small ? "A6" : "A5", " portrait; margin: 7mm; }\n",
                      "body { width: ", small ? "105mm" : "148mm",
                      "; font-size: ", small ? "8.5pt" : "10.5pt", "; }\n");
}

std::string Html(const SlipSection& section) {
  std::string html = "<section>\n";
  if (!section.heading.empty()) absl::StrAppend(&html, "<h2>", Escaped(section.heading), "</h2>\n");
  for (const std::string& paragraph : section.paragraphs) {
    absl::StrAppend(&html, "<p>", Escaped(paragraph), "</p>\n");
  }
  if (!section.rows.empty()) absl::StrAppend(&html, "<table>\n");
  for (const auto& [label, value] : section.rows) {
    absl::StrAppend(&html, "<tr><th scope=\"row\">", Escaped(label), "</th><td>", Escaped(value),
                    "</td></tr>\n");
  }
  if (!section.rows.empty()) absl::StrAppend(&html, "</table>\n");
  if (!section.items.empty()) absl::StrAppend(&html, "<ul>\n");
  for (const std::string& item : section.items) {
    absl::StrAppend(&html, "<li>", Escaped(item), "</li>\n");
  }
  if (!section.items.empty()) absl::StrAppend(&html, "</ul>\n");
  return absl::StrCat(html, "</section>\n");
}

}  // namespace

std::string SlipHtml(const Slip& slip, Paper paper) {
  const std::string training =
      slip.training.empty()
          ? ""
          : absl::StrCat("<p class=\"training\">", Escaped(slip.training), "</p>\n");
  std::string html =
      absl::StrCat("<!DOCTYPE html>\n<html lang=\"", client::LanguageTag(slip.language),
                   "\">\n<head>\n", "<meta charset=\"utf-8\">\n",
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ",
                   "style-src 'unsafe-inline'\">\n",
                   "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
                   Escaped(slip.title), "</title>\n<style>", kStyle, PageStyle(paper),
                   "</style>\n</head>\n<body>\n", training, "<h1>", Escaped(slip.title), "</h1>\n");
  for (const SlipSection& section : slip.sections) absl::StrAppend(&html, Html(section));
  return absl::StrCat(html, training, "</body>\n</html>\n");
}

}  // namespace jpkid::cli
