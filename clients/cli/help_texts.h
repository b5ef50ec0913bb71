#pragma once

#include "absl/strings/string_view.h"

#include "base/reason.h"

// What --help says, in both languages.
namespace jpkid::cli {

struct HelpText {
  absl::string_view name;   // "pin reset"; of an option "--reader", of a positional "NAME".
  absl::string_view value;  // Of an option: how its value is shown.
  absl::string_view english;
  absl::string_view japanese;

  absl::string_view In(Language language) const {
    return language == Language::kJapanese ? japanese : english;
  }
};

// Of a command or a group of commands; "" is jpkictl itself. Each has one; a test holds it.
const HelpText& CommandHelp(absl::string_view name);

// Examples and whatever else the user of a command should know, at the end of its help. May be
// empty.
absl::string_view CommandExamples(absl::string_view name, Language language);

// Of an option or a positional argument, the same in every command that has it.
const HelpText& OptionHelp(absl::string_view name);

}  // namespace jpkid::cli
