#include "clients/cli/command_line.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "clients/cli/help_texts.h"
#include "clients/lib/language.h"

namespace jpkid::cli {
namespace {

// An option's help in `command`, where it has one of its own there ("receipt --format").
const HelpText& HelpOf(const CLI::App* command, const std::string& names) {
  const std::string name = CommandLine::LongName(names);
  const HelpText& own = OptionHelp(absl::StrCat(command->get_name(), " ", name));
  return own.name.empty() ? OptionHelp(name) : own;
}

std::shared_ptr<CLI::Formatter> Labels(Language language) {
  auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(32);
  const bool japanese = language == Language::kJapanese;
  formatter->label("Usage", japanese ? "使い方" : "Usage");
  formatter->label("Positionals", japanese ? "引数" : "Arguments");
  formatter->label("SUBCOMMAND", "COMMAND");
  formatter->label("REQUIRED", japanese ? "（必須）" : "(required)");
  formatter->label("Excludes", japanese ? "同時指定不可" : "not with");
  return formatter;
}

Output ToOutput(const std::string& text) {
  if (text == "text") return Output::kText;
  if (text == "json") return Output::kJson;
  if (text == "jsonl") return Output::kJsonLines;
  throw CLI::ValidationError("--output", "text|json|jsonl");
}

// "90", "90s", "5m", "1h30m".
absl::Duration ToLimit(const std::string& text) {
  absl::Duration limit;
  if (std::int64_t seconds = 0; absl::SimpleAtoi(text, &seconds)) {
    limit = absl::Seconds(seconds);
  } else if (!absl::ParseDuration(text, &limit)) {
    throw CLI::ValidationError("--timeout", absl::StrCat("'", text, "': 30, 30s, 5m, 1h"));
  }
  if (limit <= absl::ZeroDuration()) throw CLI::ValidationError("--timeout", "> 0");
  return limit;
}

// What is wrong with the value of "--flag=value", which CLI11 converts with an exception of its
// own.
std::string IsFlagValue(const std::string& text) {
  try {
    CLI::detail::to_flag_value(text);
    return "";
  } catch (const std::exception&) {
    return "true|false";
  }
}

void CheckLanguage(const std::string& text) {
  if (!client::LanguageOfTag(text).has_value()) throw CLI::ValidationError("--lang", "ja|en");
}

}  // namespace

CommandLine::CommandLine(Language language, Globals& globals) : language_(language) {
  app_.name("jpkictl");
  app_.formatter(Labels(language));
  app_.option_defaults()->group(OptionsGroup());
  app_.set_help_flag("-h,--help", std::string(OptionHelp("--help").In(language)));
  app_.set_version_flag("--version", absl::StrCat("jpkictl ", JPKID_VERSION),
                        std::string(OptionHelp("--version").In(language)));
  app_.require_subcommand(1);
  // Commands inherit it: global options may also stand after them.
  app_.fallthrough();
  Describe(&app_, "");
  AddGlobals(globals);
}

void CommandLine::AddGlobals(Globals& globals) {
  Take(&app_, "--address", [&globals](const std::string& text) { globals.address = text; });
  Take(&app_, "-o,--output",
       [&globals](const std::string& text) { globals.output = ToOutput(text); });
  Take(&app_, "--timeout", [&globals](const std::string& text) { globals.limit = ToLimit(text); });
  // Read before everything else, for it decides in which language the rest is said (run.cc).
  Take(&app_, "--lang", CheckLanguage);
  Flag(&app_, "--never-ask", globals.never_ask);
}

CLI::App* CommandLine::Group(const std::string& name) {
  CLI::App*& group = groups_[name];
  if (group == nullptr) {
    group = app_.add_subcommand(name);
    group->require_subcommand(1);
    Describe(group, name);
  }
  return group;
}

CLI::App* CommandLine::Add(const std::string& name, Command command) {
  const std::size_t blank = name.find(' ');
  CLI::App* parent = blank == std::string::npos ? &app_ : Group(name.substr(0, blank));
  CLI::App* added =
      parent->add_subcommand(blank == std::string::npos ? name : name.substr(blank + 1));
  Describe(added, name);
  added->callback([this, command = std::move(command)] { chosen_ = command; });
  return added;
}

CLI::Option* CommandLine::Flag(CLI::App* command, const std::string& names,
                               std::function<void(bool)> set) {
  return command
      ->add_flag_function(
          names, [set = std::move(set)](std::int64_t count) { set(count > 0); },
          Help(command, names))
      ->check(IsFlagValue);
}

std::string CommandLine::EmptyValue(const std::string& text) const {
  return text.empty() ? Words(language_)(Msg::kValueEmpty) : "";
}

std::int64_t CommandLine::ToNumber(const std::string& name, const std::string& text,
                                   std::int64_t least, std::int64_t most) const {
  const Words words(language_);
  std::int64_t number = 0;
  if (absl::SimpleAtoi(text, &number) && number >= least && number <= most) return number;
  // Where a descriptor belongs somebody may have typed the PIN itself.
  if (absl::EndsWith(name, "pin-fd")) {
    throw CLI::ValidationError(name, words(Msg::kNoDescriptor));
  }
  const bool open = most >= std::numeric_limits<int>::max();
  throw CLI::ValidationError(name, open ? words(Msg::kNoNumberFrom, text, least)
                                        : words(Msg::kNoNumberFromTo, text, least, most));
}

std::string CommandLine::LongName(const std::string& names) {
  const std::size_t comma = names.rfind(',');
  return names.substr(comma == std::string::npos ? 0 : comma + 1);
}

std::string CommandLine::Help(const CLI::App* command, const std::string& names) const {
  return std::string(HelpOf(command, names).In(language_));
}

std::string CommandLine::ValueName(const CLI::App* command, const std::string& names) {
  return std::string(HelpOf(command, names).value);
}

std::string CommandLine::OptionsGroup() const {
  return language_ == Language::kJapanese ? "オプション" : "Options";
}

void CommandLine::Describe(CLI::App* command, absl::string_view name) const {
  command->description(std::string(CommandHelp(name).In(language_)));
  command->group(language_ == Language::kJapanese ? "コマンド" : "Commands");
  // CLI11 makes this option before anybody can name the group.
  command->get_help_ptr()->group(OptionsGroup());
  std::string footer(CommandExamples(name, language_));
  if (!name.empty()) absl::StrAppend(&footer, "\n\n", Words(language_)(Msg::kGlobalOptions));
  command->footer(footer);
}

}  // namespace jpkid::cli
