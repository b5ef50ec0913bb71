#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include <google/protobuf/generated_enum_reflection.h>

// The API's enumerations as words of the command line, made from the schema alone:
// APPLICANT_VOLUNTARY_PROXY is "voluntary-proxy". UNSPECIFIED has none.
namespace jpkid::cli {

// "" for a number that the enumeration lacks.
std::string WordOf(const google::protobuf::EnumDescriptor& type, int number);

std::optional<int> NumberOf(const google::protobuf::EnumDescriptor& type, absl::string_view word);

// "auth|signature".
std::string AllWords(const google::protobuf::EnumDescriptor& type);

template <typename Enum>
std::string WordOf(Enum value) {
  return WordOf(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

}  // namespace jpkid::cli
