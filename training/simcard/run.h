#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"

namespace jpkid::simcard {

// What `jpki-simcard run` is told. Empty: not told.
struct RunOptions {
  std::string card;
  std::string vpcd = "127.0.0.1:35963";
  std::string token_label;
  std::string blocked_sw;  // "6983" or "6984".
  std::string control;     // Path of the Unix socket.
  std::string fault;       // File with a FaultList.
  std::string trace;
  std::string link = "type-b";  // "type-b" or "t1".
  std::optional<bool> first_6f00 = std::nullopt;
  bool real_time = false;
};

// Keeps the card on the reader until SIGTERM or SIGINT.
absl::Status Run(const RunOptions& options);

}  // namespace jpkid::simcard
