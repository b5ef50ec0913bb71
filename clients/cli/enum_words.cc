#include "clients/cli/enum_words.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include <google/protobuf/descriptor.h>

namespace jpkid::cli {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

std::string Word(const EnumDescriptor& type, const EnumValueDescriptor& value) {
  const absl::string_view prefix =
      absl::StripSuffix(type.FindValueByNumber(0)->name(), "UNSPECIFIED");
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(value.name(), prefix)),
                             {{"_", "-"}});
}

}  // namespace

std::string WordOf(const EnumDescriptor& type, int number) {
  const EnumValueDescriptor* value = number == 0 ? nullptr : type.FindValueByNumber(number);
  return value != nullptr ? Word(type, *value) : "";
}

std::optional<int> NumberOf(const EnumDescriptor& type, absl::string_view word) {
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (value.number() != 0 && Word(type, value) == word) return value.number();
  }
  return std::nullopt;
}

std::string AllWords(const EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) words.push_back(Word(type, *type.value(i)));
  }
  return absl::StrJoin(words, "|");
}

}  // namespace jpkid::cli
