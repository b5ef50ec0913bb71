#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include <google/protobuf/struct.pb.h>

#include "base/bytes.h"
#include "clients/cli/commands.h"
#include "clients/cli/file_reader.h"
#include "clients/cli/json.h"
#include "clients/cli/table.h"

namespace jpkid::cli {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

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

// The commands that scribe.cc has names for, by INS.
struct Command {
  absl::string_view ins;
  absl::string_view name;
};
constexpr std::array kCommands = {
    Command{"04", "DEACTIVATE FILE"},
    Command{"20", "VERIFY"},
    Command{"24", "CHANGE REFERENCE DATA"},
    Command{"2A", "PERFORM SECURITY OPERATION"},
    Command{"2C", "RESET RETRY COUNTER"},
    Command{"44", "ACTIVATE FILE"},
    Command{"47", "GENERATE ASYMMETRIC KEY PAIR"},
    Command{"50", "INITIALIZE UPDATE"},
    Command{"82", "EXTERNAL AUTHENTICATE"},
    Command{"A4", "SELECT"},
    Command{"B0", "READ BINARY"},
    Command{"B2", "READ RECORD"},
    Command{"C0", "GET RESPONSE"},
    Command{"CA", "GET DATA"},
    Command{"D6", "UPDATE BINARY"},
};
constexpr absl::string_view kPowerUp = "POWER UP";
constexpr absl::string_view kNoCommand = "not a command APDU";

// Forms of fields: what has another one may be anything, a PIN too.
constexpr std::size_t kHeaderDigits = 8;  // CLA INS P1 P2.
constexpr std::size_t kStatusDigits = 4;
constexpr std::size_t kMostReaderOctets = 128;  // PC/SC's MAX_READERNAME.
constexpr std::size_t kMostAtrDigits = 66;      // ISO/IEC 7816-3, 8.2.1: 33 octets.
constexpr std::uint64_t kMostOctets = 0x1FFFF;  // More than an extended APDU has.

bool IsHex(absl::string_view text) {
  return !text.empty() && text.size() % 2 == 0 && absl::c_all_of(text, absl::ascii_isxdigit);
}
bool IsHeader(const Value& value) {
  return value.string_value().size() == kHeaderDigits && IsHex(value.string_value());
}
bool IsStatusWord(const Value& value) {
  return value.string_value().size() == kStatusDigits && IsHex(value.string_value());
}
bool IsOctets(const Value& value) { return IsHex(value.string_value()); }
bool IsTrueOrFalse(const Value& value) { return value.has_bool_value(); }
bool IsReader(const Value& value) {
  const std::string& name = value.string_value();
  return !name.empty() && name.size() <= kMostReaderOctets &&
         absl::c_none_of(name, absl::ascii_iscntrl);
}
bool IsEnd(const Value& value) {
  const std::string& end = value.string_value();
  return end == "ANSWERED" || end == "NO_ANSWER" || end == "CARD_GONE";
}

// A whole number, which proto's JSON has as a number or, of 64 bits, as a string.
template <std::uint64_t kMost>
bool IsCount(const Value& value) {
  const std::string& text = value.string_value();
  std::uint64_t count = 0;
  if (value.has_string_value()) {
    return absl::c_all_of(text, absl::ascii_isdigit) && absl::SimpleAtoi(text, &count) &&
           count <= kMost;
  }
  const double number = value.number_value();
  return value.has_number_value() && number >= 0 && number <= static_cast<double>(kMost) &&
         number == std::floor(number);
}

// "D392F000260100000001/000A".
bool IsFile(const Value& value) {
  const std::vector<std::string> parts = absl::StrSplit(value.string_value(), '/');
  return parts.size() == 2 && IsHex(parts[0]) && IsHex(parts[1]);
}

// Begins with TS, which is one of two octets.
bool IsAtr(const Value& value) {
  const std::string& atr = value.string_value();
  return IsHex(atr) && atr.size() <= kMostAtrDigits &&
         (absl::StartsWithIgnoreCase(atr, "3B") || absl::StartsWithIgnoreCase(atr, "3F"));
}

bool IsInstruction(const Value& value) {
  absl::string_view name = value.string_value();
  if (name == kPowerUp || name == kNoCommand) return true;
  if (absl::ConsumePrefix(&name, "INS ")) return name.size() == 2 && IsHex(name);
  return absl::c_any_of(kCommands, [&](const Command& command) { return command.name == name; });
}

// Whether a command with this header is called so.
bool IsCalled(absl::string_view header, absl::string_view name) {
  if (header.empty()) return name == kPowerUp || name == kNoCommand;
  const std::string ins = absl::AsciiStrToUpper(header.substr(2, 2));
  return name == absl::StrCat("INS ", ins) || absl::c_any_of(kCommands, [&](const Command& one) {
           return one.ins == ins && one.name == name;
         });
}

struct Form {
  absl::string_view field;
  bool (*fits)(const Value&);
};
constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
constexpr std::array kForms = {
    Form{"number", IsCount<kAny>},
    Form{"instruction", IsInstruction},
    Form{"header", IsHeader},
    Form{"offset", IsCount<kMostOctets>},
    Form{"data_octets", IsCount<kMostOctets>},
    Form{"data", IsOctets},
    Form{"le", IsCount<kMostOctets>},
    Form{"secure_messaging", IsTrueOrFalse},
    Form{"end", IsEnd},
    Form{"sw", IsStatusWord},
    Form{"file", IsFile},
    Form{"answer", IsOctets},
    Form{"answer_octets", IsCount<kMostOctets>},
    Form{"model_ns", IsCount<kAny>},
    Form{"reader", IsReader},
    Form{"atr", IsAtr},
};

// The field that says what no trace of ours says, what is not known cannot be judged; empty: none.
std::string Stranger(const Struct& record) {
  for (const auto& field : record.fields()) {
    const auto* form =
        absl::c_find_if(kForms, [&](const Form& one) { return one.field == field.first; });
    if (form == kForms.end()) return "an unknown field";
    if (!form->fits(field.second)) return field.first;
  }
  const std::string name = Field(record, "instruction");
  if (!IsCalled(Field(record, "header"), name)) return "instruction";
  return name != kPowerUp && !Field(record, "atr").empty() ? "atr" : "";
}

// Of a SELECT, or of a signature.
bool MayTellData(const std::string& header) {
  if (header.empty()) return false;
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

// The class says so, whatever the record calls it.
bool IsSecure(const Struct& record, const std::string& header) {
  constexpr std::uint8_t kSecureMessaging = 0x04;  // In CLA (ISO/IEC 7816-4, 5.4.1).
  const Bytes octets = FromHex(header).value_or(Bytes());
  return !Field(record, "secure_messaging").empty() ||
         (!octets.empty() && (octets[0] & kSecureMessaging) != 0);
}

// Judges the lines of a trace one after the other.
class Judge {
 public:
  // The name of the field that tells what it must not; empty: none does.
  std::string Find(const Struct& record) {
    if (std::string stranger = Stranger(record); !stranger.empty()) return stranger;
    const std::string header = Field(record, "header");
    const bool get_response = Field(record, "instruction") == "GET RESPONSE";
    if (!get_response) may_tell_ = MayTellAnswer(record, header);
    const bool secure = IsSecure(record, header);
    if (!Field(record, "data").empty() && (secure || !MayTellData(header))) return "data";
    if (!Field(record, "answer").empty() && (secure || !may_tell_)) return "answer";
    return "";
  }

 private:
  static bool MayTellAnswer(const Struct& record, const std::string& header) {
    if (header.empty()) return false;
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
    // What is no name of a command may be what must not be told: it is not repeated here.
    const Value& name = record.fields().at("instruction");
    const std::string where = IsInstruction(name) ? absl::StrCat(name.string_value(), ", ") : "";
    return absl::DataLossError(
        context.words()(Msg::kTraceTells, file, number, absl::StrCat(where, found)));
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
