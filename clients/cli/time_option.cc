#include "clients/cli/time_option.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <google/protobuf/util/time_util.h>

namespace jpkid::cli {
namespace {

// protobuf's Timestamp holds the years 1 to 9999.
bool InRange(absl::Time time) {
  return time >= absl::FromUnixSeconds(google::protobuf::util::TimeUtil::kTimestampMinSeconds) &&
         time <= absl::FromUnixSeconds(google::protobuf::util::TimeUtil::kTimestampMaxSeconds);
}

google::protobuf::Timestamp ToTimestamp(const std::string& option, const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) || !InRange(time)) {
    throw CLI::ValidationError(option,
                               absl::StrCat("'", text, "': RFC 3339, 2026-11-24T10:00:00+09:00"));
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToUnixSeconds(time));
  const absl::Duration rest = time - absl::FromUnixSeconds(timestamp.seconds());
  timestamp.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
  return timestamp;
}

}  // namespace

void TakeTime(CommandLine& line, CLI::App* command, const std::string& names,
              std::function<void(const google::protobuf::Timestamp&)> set) {
  line.Take(command, names,
            [name = CommandLine::LongName(names), set = std::move(set)](const std::string& text) {
              set(ToTimestamp(name, text));
            });
}

}  // namespace jpkid::cli
