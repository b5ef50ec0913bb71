#include "base/log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/systemd_sink.h>
#include <spdlog/spdlog.h>

namespace jpkid {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string Escaped(absl::string_view line) {
  constexpr unsigned char kDelete = 0x7f;
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto octet = static_cast<unsigned char>(line[i]);
    const bool plain = octet >= ' ' && octet != kDelete && octet != '\\';
    absl::StrAppend(&text, plain ? line.substr(i, 1) : absl::CEscape(line.substr(i, 1)));
  }
  return text;
}

}  // namespace

bool log_internal::IsJournal(int fd, absl::string_view journal_stream) {
  struct stat info = {};
  return fstat(fd, &info) == 0 && journal_stream == absl::StrCat(info.st_dev, ":", info.st_ino);
}

void StartLogging() {
  const char* const journal = std::getenv("JOURNAL_STREAM");
  spdlog::sink_ptr sink;
  if (journal != nullptr && log_internal::IsJournal(STDERR_FILENO, journal)) {
    sink = std::make_shared<spdlog::sinks::systemd_sink_mt>("jpkid");
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %L %v");
  }
  auto logger = std::make_shared<spdlog::logger>("jpkid", std::move(sink));
  logger->flush_on(spdlog::level::debug);
  logger->set_level(spdlog::default_logger_raw()->level());
  spdlog::set_default_logger(std::move(logger));
}

void LogLine(LogLevel level, absl::string_view line) {
  const std::string escaped = Escaped(line);
  spdlog::default_logger_raw()->log(ToSpdlog(level),
                                    spdlog::string_view_t(escaped.data(), escaped.size()));
}

bool IsLogged(LogLevel level) { return spdlog::default_logger_raw()->should_log(ToSpdlog(level)); }

void SetLogLevel(LogLevel level) { spdlog::default_logger_raw()->set_level(ToSpdlog(level)); }

}  // namespace jpkid
