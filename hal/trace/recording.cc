#include "hal/trace/recording.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <google/protobuf/util/json_util.h>

#include "base/file.h"
#include "base/status.h"
#include "hal/trace/scribe.h"

namespace jpkid::hal::trace {
namespace {

constexpr std::size_t kMostOctets = std::size_t{64} << 20;
constexpr std::uint32_t kMostAnswerOctets = 65536;
constexpr char kUnnamed[] = "Replayed Reader";  // Of a card that did not know its reader.

// The response APDU that `record` tells of.
absl::StatusOr<Bytes> AnswerOf(const ApduRecord& record) {
  JPKID_ASSIGN_OR_RETURN(Bytes answer, FromHex(record.answer()));
  JPKID_ASSIGN_OR_RETURN(const Bytes sw, FromHex(record.sw()));
  if (sw.size() != 2) return absl::InvalidArgumentError("sw is no status word");
  if (answer.size() > record.answer_octets() || record.answer_octets() > kMostAnswerOctets) {
    return absl::InvalidArgumentError("answer_octets does not fit the answer");
  }
  answer.resize(record.answer_octets());
  Append(answer, sw);
  return answer;
}

absl::StatusOr<Step> StepFrom(absl::string_view text) {
  Step step;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(text.data(), text.size()), &step.record);
  if (!parsed.ok()) return absl::InvalidArgumentError(std::string(parsed.message()));
  if (step.record.instruction().empty()) return absl::InvalidArgumentError("no instruction");
  JPKID_RETURN_IF_ERROR(FromHex(step.record.atr()).status());
  if (step.powers_up() || step.record.end() != ANSWERED) return step;
  JPKID_ASSIGN_OR_RETURN(step.answer, AnswerOf(step.record));
  return step;
}

}  // namespace

bool Step::powers_up() const { return record.instruction() == kPowerUp; }

absl::StatusOr<std::map<std::string, std::vector<Step>>> ReadRecording(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const Bytes content, ReadFile(path, kMostOctets));
  std::map<std::string, std::vector<Step>> recording;
  int line = 0;
  for (const absl::string_view text : absl::StrSplit(AsText(content), '\n')) {
    ++line;
    if (text.empty()) continue;
    absl::StatusOr<Step> step = StepFrom(text);
    if (!step.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", line, ": ", step.status().message()));
    }
    step->line = line;
    const std::string& reader = step->record.reader();
    recording[reader.empty() ? kUnnamed : reader].push_back(*std::move(step));
  }
  if (recording.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": nothing was recorded"));
  }
  return recording;
}

}  // namespace jpkid::hal::trace
