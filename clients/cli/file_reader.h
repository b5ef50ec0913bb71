#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/file.h"
#include "clients/cli/context.h"

namespace jpkid::cli {

// What poll takes for a wait until `deadline`.
int PollMilliseconds(absl::Time deadline);

// Waits until `fd` can be read without waiting. CANCELLED when the user interrupts it, CALL_TIMEOUT
// when the time that the command may take is up.
absl::Status AwaitReadable(const Context& context, int fd);

// What the command line names to be read: a file, a pipe, or "-", standard input. Every wait for
// more ends as AwaitReadable does.
class FileReader {
 public:
  // INVALID_ARGUMENT where it cannot be opened. `context` outlives it.
  static absl::StatusOr<FileReader> Open(const Context& context, const std::string& path);

  // The next octets, at most as many as `block` holds; 0 at the end.
  absl::StatusOr<std::size_t> Read(std::span<std::uint8_t> block);
  // The next line, without its newline; nothing at the end. INVALID_ARGUMENT beyond 256 KiB.
  absl::StatusOr<std::optional<std::string>> ReadLine();

 private:
  FileReader(const Context& context, std::string path, UniqueFd file)
      : context_(&context), path_(std::move(path)), file_(std::move(file)) {}
  absl::Status CannotRead(absl::string_view why) const;

  const Context* context_;
  std::string path_;
  UniqueFd file_;     // None: standard input.
  std::string read_;  // And not returned as lines yet.
};

}  // namespace jpkid::cli
