#include "clients/cli/json.h"

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <google/protobuf/util/json_util.h>

namespace jpkid::cli {
namespace {

absl::StatusOr<std::string> Print(const google::protobuf::Message& message, bool whitespace) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  options.add_whitespace = whitespace;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return absl::InternalError(std::string(status.message()));
  if (json.empty() || json.back() != '\n') json.push_back('\n');
  return json;
}

// How the parser begins when the text ends too early.
constexpr absl::string_view kNoEnd = "Unexpected end";

// The first line of what the parser says (more of it would repeat the file); empty: nothing.
std::string WhatIsWrong(absl::string_view json, google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message);
  if (status.ok()) return "";
  const absl::string_view told(status.message().data(), status.message().size());
  return told.empty() ? "?" : std::string(told.substr(0, told.find('\n')));
}

// The line at which the parser says `wrong`, which it does not tell: the first one with which it
// says the same. Where it misses the end, that is the last. 0: it names a field instead.
int LineOf(absl::string_view wrong, absl::string_view json,
           const google::protobuf::Message& message) {
  const std::unique_ptr<google::protobuf::Message> scratch(message.New());
  const bool at_end = absl::StartsWith(wrong, kNoEnd);
  // A field that does not fit is told, by its name, only when nothing is wrong with the form.
  if (!at_end && WhatIsWrong(absl::StrCat(json, "?"), *scratch) != wrong) return 0;
  int line = 1;
  for (std::size_t end = json.find('\n'); end != json.npos; end = json.find('\n', end + 1)) {
    const bool last = end + 1 == json.size();
    if (last || (!at_end && WhatIsWrong(json.substr(0, end), *scratch) == wrong)) break;
    ++line;
  }
  return line;
}

}  // namespace

absl::StatusOr<std::string> PrettyJson(const google::protobuf::Message& message) {
  return Print(message, true);
}

absl::StatusOr<std::string> JsonLine(const google::protobuf::Message& message) {
  return Print(message, false);
}

absl::Status FromJson(absl::string_view json, google::protobuf::Message& message) {
  const std::string wrong = WhatIsWrong(json, message);
  if (wrong.empty()) return absl::OkStatus();
  const int line = LineOf(wrong, json, message);
  return absl::InvalidArgumentError(line > 0 ? absl::StrCat("line ", line, ": ", wrong) : wrong);
}

}  // namespace jpkid::cli
