#include "clients/cli/json.h"

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

}  // namespace

absl::StatusOr<std::string> PrettyJson(const google::protobuf::Message& message) {
  return Print(message, true);
}

absl::StatusOr<std::string> JsonLine(const google::protobuf::Message& message) {
  return Print(message, false);
}

absl::Status FromJson(absl::string_view json, google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(status.message()));
}

}  // namespace jpkid::cli
