#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <google/protobuf/struct.pb.h>

#include "clients/cli/commands.h"
#include "clients/cli/file_reader.h"
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
  JPKID_ASSIGN_OR_RETURN(FileReader input, FileReader::Open(context, file));
  for (int number = 1;; ++number) {
    JPKID_ASSIGN_OR_RETURN(const std::optional<std::string> line, input.ReadLine());
    if (!line.has_value()) return absl::OkStatus();
    Struct record;
    const absl::Status parsed = FromJson(*line, record);
    if (!parsed.ok() || Field(record, "instruction").empty()) {
      return absl::InvalidArgumentError(
          context.words()(Msg::kTraceNotOne, file, number, parsed.message()));
    }
    JPKID_RETURN_IF_ERROR(on_record(number, record));
  }
}

Outcome Show(const Context& context, const std::string& file) {
  Table table;
  google::protobuf::ListValue records;
  const auto add = [&](int, const Struct& record) {
    const std::string length = Field(record, "answer_octets");
    const std::string end = Field(record, "end");
    table.Add({Field(record, "number"), Field(record, "reader"), Field(record, "instruction"),
               Field(record, "header"), absl::StrCat(Field(record, "data"), Field(record, "atr")),
               length, end.empty() ? Field(record, "sw") : end});
    *records.add_values()->mutable_struct_value() = record;
    return absl::OkStatus();
  };
  JPKID_RETURN_IF_ERROR(ReadTrace(context, file, add));
  JPKID_RETURN_IF_ERROR(context.PrintAll(records, records.values(), table.Text()));
  return ExitCode::kDone;
}

// Whether the record says what only a trace of ours says: what it does not know it cannot judge.
bool IsKnown(const Struct& record) {
  constexpr std::array kFields = {"number",        "instruction", "header", "offset",
                                  "data_octets",   "data",        "le",     "secure_messaging",
                                  "end",           "sw",          "file",   "answer",
                                  "answer_octets", "model_ns",    "reader", "atr"};
  return std::all_of(record.fields().begin(), record.fields().end(), [&](const auto& field) {
    return std::find(kFields.begin(), kFields.end(), field.first) != kFields.end();
  });
}

// Of a SELECT, or of a signature.
bool MayTellData(const std::string& header) {
  const std::string instruction = header.substr(0, 4).substr(2);
  const std::string p1 = header.substr(0, 6).substr(4);
  return instruction == "A4" || (instruction == "2A" && (p1 == "00" || p1 == "9E"));
}

// What no PIN guards (hal/trace/scribe.cc has the same).
bool IsPublic(const std::string& file) {
  constexpr std::array kPublic = {"D392F000260100000001/0002", "D392F000260100000001/0006",
                                  "D392F000260100000001/0008", "D392F000260100000001/000A",
                                  "D392F000260100000001/000B", "D3921000310001010100/0001"};
  return std::find(kPublic.begin(), kPublic.end(), file) != kPublic.end();
}

// The first four octets of a certificate are its length.
bool IsLengthOfCertificate(const Struct& record) {
  const std::string answer = Field(record, "answer");
  return Field(record, "file") == "D392F000260100000001/0001" && Field(record, "offset") == "0" &&
         answer.size() <= 8 && absl::StartsWith(answer, "3082");
}

// Judges the lines of a trace one after the other.
class Judge {
 public:
  // The name of the field that tells what it must not; empty: none does.
  std::string Find(const Struct& record) {
    const std::string header = Field(record, "header");
    const bool get_response = header.size() == 8 && header.substr(2, 2) == "C0";
    if (!get_response) may_tell_ = MayTellAnswer(record, header);
    if (!IsKnown(record)) return "an unknown field";
    const bool secure = !Field(record, "secure_messaging").empty();
    if (!Field(record, "data").empty() && (secure || !MayTellData(header))) return "data";
    if (!Field(record, "answer").empty() && (secure || !may_tell_)) return "answer";
    return "";
  }

 private:
  static bool MayTellAnswer(const Struct& record, const std::string& header) {
    if (header.size() != 8) return false;
    if (MayTellData(header)) return true;
    return IsPublic(Field(record, "file")) || IsLengthOfCertificate(record);
  }

  bool may_tell_ = false;  // The last command's answer, which GET RESPONSE fetches the rest of.
};

Outcome Check(const Context& context, const std::string& file) {
  int count = 0;
  Judge judge;
  const auto look = [&](int number, const Struct& record) {
    ++count;
    const std::string found = judge.Find(record);
    if (found.empty()) return absl::OkStatus();
    return absl::DataLossError(context.words()(
        Msg::kTraceTells, file, number, absl::StrCat(Field(record, "instruction"), ", ", found)));
  };
  JPKID_RETURN_IF_ERROR(ReadTrace(context, file, look));
  Struct answer;
  (*answer.mutable_fields())["file"].set_string_value(file);
  (*answer.mutable_fields())["records"].set_number_value(count);
  JPKID_RETURN_IF_ERROR(
      context.Print(answer, absl::StrCat(context.words()(Msg::kTraceHarmless, file, count), "\n")));
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
