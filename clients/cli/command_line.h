#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include <CLI/CLI.hpp>

#include "clients/cli/context.h"

namespace jpkid::cli {

// A command: what runs once the whole command line has been understood.
struct Command {
  std::function<Outcome(const Context&)> run;
  CardUse card = CardUse::kNone;
};

// The grammar of the command line, built with the help texts of one language. Each command adds
// itself (commands.h).
class CommandLine {
 public:
  CommandLine(Language language, Globals& globals);

  // Adds a command by its whole name, "pin reset". When the line names it, it is chosen.
  CLI::App* Add(const std::string& name, Command command);

  // Adds an option, with the help of its long name; "-r,--reader" or a positional "NAME".
  template <typename T>
  CLI::Option* Option(CLI::App* command, const std::string& names, T& value) {
    return command->add_option(names, value, Help(command, names))
        ->type_name(ValueName(command, names))
        ->check([this](const std::string& text) { return EmptyValue(text); });
  }
  // The same, for values that `take` understands; it throws CLI::ValidationError where it does not.
  CLI::Option* Take(CLI::App* command, const std::string& names,
                    const std::function<void(const std::string&)>& take) {
    return command->add_option_function<std::string>(names, take, Help(command, names))
        ->type_name(ValueName(command, names));
  }
  // The same, for whole numbers.
  template <typename Int>
  CLI::Option* Number(CLI::App* command, const std::string& names, Int& value, Int least,
                      Int most = std::numeric_limits<Int>::max()) {
    return Take(command, names, [=, this, &value](const std::string& text) {
      value = static_cast<Int>(ToNumber(LongName(names), text, least, most));
    });
  }
  CLI::Option* Flag(CLI::App* command, const std::string& names, bool& value) {
    return Flag(command, names, [&value](bool on) { value = on; });
  }
  // The same, for what is set in another way than as a variable.
  CLI::Option* Flag(CLI::App* command, const std::string& names, std::function<void(bool)> set);

  // What is wrong with `text`, if nothing stands in it: a variable of a script was not set.
  std::string EmptyValue(const std::string& text) const;

  // "--output" of "-o,--output"; "NAME" of "NAME".
  static std::string LongName(const std::string& names);

  CLI::App& app() { return app_; }
  const Command& chosen() const { return chosen_; }

 private:
  std::int64_t ToNumber(const std::string& name, const std::string& text, std::int64_t least,
                        std::int64_t most) const;
  void AddGlobals(Globals& globals);
  // The group that a name's first word stands for, "pin": made when first asked for.
  CLI::App* Group(const std::string& name);
  std::string Help(const CLI::App* command, const std::string& names) const;
  static std::string ValueName(const CLI::App* command, const std::string& names);
  std::string OptionsGroup() const;
  void Describe(CLI::App* command, absl::string_view name) const;

  const Language language_;
  CLI::App app_;
  std::map<std::string, CLI::App*> groups_;
  Command chosen_;
};

}  // namespace jpkid::cli
