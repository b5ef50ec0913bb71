#include "base/log.h"

#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
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

}  // namespace

void StartLogging() {
  const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  spdlog::sink_ptr sink;
  if (journal) {
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
  const std::string escaped = absl::Utf8SafeCEscape(line);
  spdlog::default_logger_raw()->log(ToSpdlog(level),
                                    spdlog::string_view_t(escaped.data(), escaped.size()));
}

bool IsLogged(LogLevel level) { return spdlog::default_logger_raw()->should_log(ToSpdlog(level)); }

void SetLogLevel(LogLevel level) { spdlog::default_logger_raw()->set_level(ToSpdlog(level)); }

}  // namespace jpkid
