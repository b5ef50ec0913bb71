#include "clients/cli/usage_error.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace jpkid::cli {
namespace {

// "pin reset": as it is typed after the program's name.
std::string PathOf(const CLI::App& command) {
  if (command.get_parent() == nullptr) return "";
  const std::string before = PathOf(*command.get_parent());
  return absl::StrCat(before, before.empty() ? "" : " ", command.get_name());
}

// The option that the error begins with.
std::string NameIn(absl::string_view error) {
  return std::string(error.substr(0, error.find_first_of(": ")));
}

// Whether one of the command's own commands has to follow it.
bool NeedsCommand(const CLI::App& command) {
  return command.get_require_subcommand_min() > 0 && command.get_subcommands().empty();
}

// The first word that nothing knows. What follows it may be a PIN, and is not told.
std::string Unknown(const Words& words, const CLI::App& command, const std::string& word) {
  if (absl::StartsWith(word, "-")) {
    return words(Msg::kUnknownOption, word.substr(0, word.find('=')));
  }
  if (!NeedsCommand(command)) return words(Msg::kUnexpectedWord);
  const std::string path = PathOf(command);
  return words(Msg::kUnknownCommand, absl::StrCat(path, path.empty() ? "" : " ", word));
}

}  // namespace

std::string SentenceOf(const Words& words, const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = ChosenIn(app);
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  const absl::string_view told = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    if (!unknown.empty()) return Unknown(words, command, unknown.front());
    if (NeedsCommand(command)) return words(Msg::kCommandMissing);
    return words(Msg::kOptionMissing, std::string(absl::StripSuffix(told, " is required")));
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return words(absl::StrContains(told, "At Most") ? Msg::kGivenTwice : Msg::kValueMissing,
                 NameIn(told));
  }
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    const std::vector<std::string> two = absl::StrSplit(told, " excludes ");
    return words(Msg::kNotTogether, two.front(), two.back());
  }
  return std::string(told);  // Ours, of a value: "--output: text|json|jsonl".
}

const CLI::App& ChosenIn(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

}  // namespace jpkid::cli
