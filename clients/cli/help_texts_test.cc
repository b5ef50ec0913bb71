#include "clients/cli/help_texts.h"

#include <gtest/gtest.h>

#include "clients/cli/command_line.h"
#include "clients/cli/commands.h"

namespace jpkid::cli {
namespace {

void CheckHelp(const CLI::App& command, const std::string& name) {
  for (const Language language : {Language::kEnglish, Language::kJapanese}) {
    EXPECT_FALSE(CommandHelp(name).In(language).empty()) << "command '" << name << "'";
  }
  for (const CLI::Option* option : command.get_options()) {
    EXPECT_FALSE(option->get_description().empty()) << name << " " << option->get_name();
  }
  const auto children = command.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* child : children) {
    CheckHelp(*child, name.empty() ? child->get_name() : name + " " + child->get_name());
  }
}

TEST(HelpTextsTest, EveryCommandAndOptionIsExplained) {
  Globals globals;
  for (const Language language : {Language::kEnglish, Language::kJapanese}) {
    CommandLine line(language, globals);
    AddCommands(line, {});
    CheckHelp(line.app(), "");
  }
}

TEST(HelpTextsTest, ExamplesAreTheSameCommandsInBothLanguages) {
  const auto commands = [](absl::string_view text) {
    std::vector<std::string> found;
    for (std::size_t at = text.find("\n  jpkictl"); at != absl::string_view::npos;
         at = text.find("\n  jpkictl", at + 1)) {
      found.emplace_back(text.substr(at + 1, text.find('\n', at + 1) - at - 1));
    }
    return found;
  };
  for (const char* name : {"",
                           "readers",
                           "card show",
                           "pin status",
                           "pin change",
                           "pin reset",
                           "cert read",
                           "sign",
                           "issue",
                           "renew",
                           "preview",
                           "case",
                           "case create",
                           "case list",
                           "case show",
                           "case mail-inquiry",
                           "case present-reply",
                           "case withdraw",
                           "case run",
                           "case slip",
                           "receipt",
                           "operation list",
                           "operation watch",
                           "operation input",
                           "health"}) {
    const auto english = commands(CommandExamples(name, Language::kEnglish));
    EXPECT_FALSE(english.empty()) << name;
    EXPECT_EQ(english, commands(CommandExamples(name, Language::kJapanese))) << name;
  }
}

}  // namespace
}  // namespace jpkid::cli
