#pragma once

#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

#include "clients/cli/command_line.h"
#include "clients/cli/enum_words.h"

// Options whose values are words of the API's enumerations.
namespace jpkid::cli {

// The value that `word` stands for. Throws CLI::ValidationError, with all words there are, for
// another one.
template <typename Enum>
Enum ToEnum(const std::string& option, absl::string_view word) {
  const auto& type = *google::protobuf::GetEnumDescriptor<Enum>();
  const std::optional<int> number = NumberOf(type, word);
  if (!number.has_value()) throw CLI::ValidationError(option, AllWords(type));
  return static_cast<Enum>(*number);
}

// `set` gets the one value.
template <typename Enum, typename Set>
CLI::Option* TakeEnum(CommandLine& line, CLI::App* command, const std::string& names, Set set) {
  return line.Take(command, names,
                   [name = CommandLine::LongName(names), set](const std::string& text) {
                     set(ToEnum<Enum>(name, text));
                   });
}

// `add` gets each value of a list, "auth,signature".
template <typename Enum, typename Add>
CLI::Option* TakeEnums(CommandLine& line, CLI::App* command, const std::string& names, Add add) {
  return line.Take(command, names,
                   [name = CommandLine::LongName(names), add](const std::string& text) {
                     for (const absl::string_view part : absl::StrSplit(text, ',')) {
                       add(ToEnum<Enum>(name, part));
                     }
                   });
}

}  // namespace jpkid::cli
