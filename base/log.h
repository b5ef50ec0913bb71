#pragma once

#include <string>
#include <type_traits>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

#include "base/secret.h"

namespace jpkid {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Writes one line. Control characters of `line` are escaped, and with them the backslash: nobody
// forges a second line.
void LogLine(LogLevel level, absl::string_view line);

// Lines below `level` are not written. The default is kInfo.
void SetLogLevel(LogLevel level);
bool IsLogged(LogLevel level);

// Standard error with time and level; where that is the journal (JOURNAL_STREAM), its levels
// instead.
void StartLogging();

namespace log_internal {
// Whether `fd` is what JOURNAL_STREAM says: "DEVICE:INODE", systemd.exec(5). Whoever was started by
// a service and sends its standard error elsewhere has inherited the variable alone.
bool IsJournal(int fd, absl::string_view journal_stream);

template <typename T>
concept NotSecret = !std::is_same_v<std::remove_cvref_t<T>, Secret> &&
                    !std::is_same_v<std::remove_cvref_t<T>, WipedBytes>;
}  // namespace log_internal

// LogInfo("reader %s is back", alias): formats as absl::StrFormat does. A Secret does not compile.
template <log_internal::NotSecret... Args>
void LogDebug(const absl::FormatSpec<Args...>& format, const Args&... args) {
  if (IsLogged(LogLevel::kDebug)) LogLine(LogLevel::kDebug, absl::StrFormat(format, args...));
}
template <log_internal::NotSecret... Args>
void LogInfo(const absl::FormatSpec<Args...>& format, const Args&... args) {
  LogLine(LogLevel::kInfo, absl::StrFormat(format, args...));
}
template <log_internal::NotSecret... Args>
void LogWarning(const absl::FormatSpec<Args...>& format, const Args&... args) {
  LogLine(LogLevel::kWarning, absl::StrFormat(format, args...));
}
template <log_internal::NotSecret... Args>
void LogError(const absl::FormatSpec<Args...>& format, const Args&... args) {
  LogLine(LogLevel::kError, absl::StrFormat(format, args...));
}

}  // namespace jpkid
