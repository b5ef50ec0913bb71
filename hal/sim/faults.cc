#include "hal/sim/faults.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

namespace jpkid::hal::sim {
namespace {

// Keeps the first complaint of the text parser.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (first_.empty()) first_ = absl::StrCat(line + 1, ":", column + 1, ": ", message);
  }
  const std::string& first() const { return first_; }

 private:
  std::string first_;
};

constexpr std::size_t kMostFaults = 10'000;

absl::Status Check(const Fault& fault) {
  if (fault.match().instruction() > 0xFF || fault.match().file() > 0xFFFF) {
    return absl::InvalidArgumentError("fault: instruction has one octet, file has two");
  }
  if (fault.has_answer() && (fault.answer().sw() < 0x6000 || fault.answer().sw() > 0x9FFF)) {
    return absl::InvalidArgumentError("fault: sw is between 0x6000 and 0x9FFF");
  }
  if (fault.has_other_card() && fault.other_card().card().empty()) {
    return absl::InvalidArgumentError("fault: other_card names the file of a card");
  }
  return absl::OkStatus();
}

bool Matches(const FaultMatch& match, std::uint8_t instruction, std::uint16_t file) {
  return (!match.has_instruction() || match.instruction() == instruction) &&
         (!match.has_file() || match.file() == file);
}

}  // namespace

absl::Status Faults::Add(absl::string_view text) {
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  FaultList list;
  if (!parser.ParseFromString(std::string(text), &list)) {
    return absl::InvalidArgumentError(absl::StrCat("fault: ", errors.first()));
  }
  if (waiting_.size() + static_cast<std::size_t>(list.faults_size()) > kMostFaults) {
    return absl::InvalidArgumentError("fault: too many");
  }
  for (const Fault& fault : list.faults()) {
    if (absl::Status status = Check(fault); !status.ok()) return status;
  }
  for (Fault& fault : *list.mutable_faults()) waiting_.push_back({.fault = std::move(fault)});
  return absl::OkStatus();
}

std::optional<Fault> Faults::Take(std::uint8_t instruction, std::uint16_t file) {
  auto taken = waiting_.end();
  for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
    if (!Matches(it->fault.match(), instruction, file)) continue;
    ++it->seen;
    if (taken == waiting_.end() && it->seen >= std::max(1U, it->fault.match().nth())) taken = it;
  }
  if (taken == waiting_.end()) return std::nullopt;
  Fault fault = std::move(taken->fault);
  waiting_.erase(taken);
  return fault;
}

}  // namespace jpkid::hal::sim
