#include <fstream>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <google/protobuf/struct.pb.h>

#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/table.h"

namespace jpkid::cli {
namespace {

using google::protobuf::Struct;

// A line of a trace, hal/trace/apdu_record.proto as JSON.
std::string Field(const Struct& record, const std::string& name) {
  const auto found = record.fields().find(name);
  if (found == record.fields().end()) return "";
  if (found->second.has_string_value()) return found->second.string_value();
  if (found->second.has_bool_value()) return found->second.bool_value() ? "true" : "";
  return absl::StrCat(found->second.number_value());
}

// Calls `on_record` with each line and its number. Fails for a file that is no trace.
absl::Status ReadTrace(const Context& context, const std::string& file,
                       absl::FunctionRef<absl::Status(int, const Struct&)> on_record) {
  std::ifstream input(file);
  std::string line;
  int number = 0;
  while (std::getline(input, line)) {
    Struct record;
    const absl::Status parsed = FromJson(line, record);
    ++number;
    if (!parsed.ok() || Field(record, "instruction").empty()) {
      return absl::InvalidArgumentError(
          context.words()(Msg::kTraceNotOne, file, number, parsed.message()));
    }
    JPKID_RETURN_IF_ERROR(on_record(number, record));
  }
  if (number == 0 && !input.eof()) {
    return absl::NotFoundError(context.words()(Msg::kCannotRead, file, ""));
  }
  return absl::OkStatus();
}

Outcome Show(const Context& context, const std::string& file) {
  Table table;
  const auto add = [&](int, const Struct& record) {
    const std::string length = Field(record, "answer_octets");
    const std::string end = Field(record, "end");
    table.Add({Field(record, "number"), Field(record, "instruction"), Field(record, "header"),
               Field(record, "data"), length, end.empty() ? Field(record, "sw") : end});
    return absl::OkStatus();
  };
  JPKID_RETURN_IF_ERROR(ReadTrace(context, file, add));
  context.console().out << table.Text();
  return ExitCode::kDone;
}

// A trace holds the data of a SELECT in plain and nothing else that passed.
Outcome Check(const Context& context, const std::string& file) {
  int count = 0;
  const auto look = [&](int number, const Struct& record) {
    ++count;
    const bool select = absl::StartsWith(Field(record, "header").substr(0, 4), "00A4");
    const bool plain = Field(record, "secure_messaging").empty();
    if (!Field(record, "data").empty() && !(select && plain)) {
      return absl::DataLossError(
          context.words()(Msg::kTraceTells, file, number, Field(record, "instruction")));
    }
    if (record.fields().contains("answer")) {
      return absl::DataLossError(context.words()(Msg::kTraceTells, file, number, "answer"));
    }
    return absl::OkStatus();
  };
  JPKID_RETURN_IF_ERROR(ReadTrace(context, file, look));
  context.console().out << context.words()(Msg::kTraceHarmless, file, count) << std::endl;
  return ExitCode::kDone;
}

}  // namespace

void AddTrace(CommandLine& line) {
  for (const auto& [name, run] :
       {std::pair("trace show", &Show), std::pair("trace check", &Check)}) {
    const auto file = std::make_shared<std::string>();
    CLI::App* command = line.Add(
        name, {.run = [file, run = run](const Context& context) { return run(context, *file); }});
    line.Option(command, "FILE", *file)->required();
  }
}

}  // namespace jpkid::cli
