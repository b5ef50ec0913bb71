#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

#include "daemon/rpc/registry.h"
#include "daemon/rpc/wrong_pins.h"
#include "daemon/session/session.h"

namespace jpkid::rpc {

// Visits to cards, each for one call: it waits for its turn at `reader` (`readers/{alias}`) until
// the call's deadline, or 30 seconds where it has none; then the work has `longest_work`, whatever
// the client's patience: cut short, a reader would look as if it hung. A client that leaves while
// it waits is out of the queue at once.
class CardTurns {
 public:
  // `sessions` outlives it.
  CardTurns(session::Sessions& sessions, absl::Duration longest_work)
      : sessions_(sessions), longest_work_(longest_work) {}

  absl::Status Run(const CallInfo& info, const std::string& reader, session::Job job) const;

  // The same with a result. `work` owns what it touches: when the reader hangs it is left behind.
  template <typename Result>
  absl::StatusOr<Result> Run(const CallInfo& info, const std::string& reader,
                             absl::AnyInvocable<absl::StatusOr<Result>(hal::Card&) &&> work) const {
    auto result = std::make_shared<std::optional<Result>>();
    absl::Status status = Run(
        info, reader, [result, work = std::move(work)](hal::Card& card) mutable -> absl::Status {
          absl::StatusOr<Result> made = std::move(work)(card);
          if (!made.ok()) return std::move(made).status();
          *result = *std::move(made);
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
    return **std::move(result);
  }

 private:
  session::Sessions& sessions_;
  const absl::Duration longest_work_;
  mutable WrongPins wrong_pins_;
};

}  // namespace jpkid::rpc
