#pragma once

#include <memory>

#include "base/file.h"
#include "clients/cli/console.h"
#include "clients/lib/interruption.h"

namespace jpkid::cli {

// The process's controlling terminal, whatever its standard streams are. While a secret is typed
// the terminal shows nothing, and it is as before afterwards, however the question ends.
class Tty final : public Terminal {
 public:
  // nullptr where there is no terminal, or where neither standard input nor standard error is one:
  // then nobody is looking.
  static std::unique_ptr<Tty> Open(const client::Interruption& interruption);

  // A terminal by its descriptor, for tests. `interruption` outlives it.
  Tty(UniqueFd fd, const client::Interruption& interruption);

  absl::StatusOr<Secret> AskSecret(const std::string& prompt, absl::Time deadline) override;
  absl::StatusOr<std::string> Ask(const std::string& prompt, absl::Time deadline) override;

 private:
  absl::Status Show(absl::string_view text);
  absl::StatusOr<Secret> ReadLine(absl::Time deadline);

  const UniqueFd fd_;
  const client::Interruption& interruption_;
};

// How wide the terminal behind `fd` is; 80 where it does not say.
int ColumnsOf(int fd);

}  // namespace jpkid::cli
