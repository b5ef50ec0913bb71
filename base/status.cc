#include "base/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace jpkid {
namespace {

constexpr absl::string_view kPayload = "jpkid/reason";

// "CODE\nname=value\n…", names and values C-escaped.
std::string Encode(Reason reason, const ReasonMetadata& metadata) {
  std::string text(Row(reason).code);
  for (const auto& [name, value] : metadata) {
    absl::StrAppend(&text, "\n", absl::Utf8SafeCEscape(name), "=", absl::Utf8SafeCEscape(value));
  }
  return text;
}

std::optional<Failure> Decode(absl::string_view text) {
  Failure failure;
  bool first = true;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (first) {
      const std::optional<Reason> reason = ReasonFromCode(line);
      if (!reason.has_value()) return std::nullopt;
      failure.reason = *reason;
      first = false;
      continue;
    }
    const std::pair<std::string, std::string> pair = absl::StrSplit(line, absl::MaxSplits('=', 1));
    std::string name;
    std::string value;
    if (!absl::CUnescape(pair.first, &name) || !absl::CUnescape(pair.second, &value)) {
      return std::nullopt;
    }
    failure.metadata[name] = value;
  }
  return failure;
}

}  // namespace

absl::Status Fail(Reason reason, ReasonMetadata metadata) {
  const absl::StatusCode code = Row(reason).status;
  // What a procedure is found to be is no failure; whoever fails with it has a defect.
  absl::Status status(code == absl::StatusCode::kOk ? absl::StatusCode::kInternal : code,
                      Text(reason, metadata, Language::kEnglish));
  status.SetPayload(kPayload, absl::Cord(Encode(reason, metadata)));
  return status;
}

Failure FailureOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  if (payload.has_value()) {
    if (std::optional<Failure> failure = Decode(std::string(*payload))) return *std::move(failure);
  }
  return Failure{.reason = Reason::kInternal,
                 .metadata = {{"detail", std::string(status.message())}}};
}

bool HasReason(const absl::Status& status) { return status.GetPayload(kPayload).has_value(); }

bool FailedFor(const absl::Status& status, Reason reason) {
  return !status.ok() && FailureOf(status).reason == reason;
}

absl::Status WithMetadata(const absl::Status& status, absl::string_view name,
                          absl::string_view value) {
  if (status.ok()) return status;
  Failure failure = FailureOf(status);
  failure.metadata[std::string(name)] = std::string(value);
  return Fail(failure.reason, std::move(failure.metadata));
}

}  // namespace jpkid
