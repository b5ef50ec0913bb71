#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

#include "daemon/rpc/registry.h"
#include "daemon/session/session.h"

namespace jpkid::rpc {

// One visit to a card for one call: waits for its turn at `reader` (`readers/{alias}`) until the
// call's deadline, or 30 seconds where it has none; then `job` has 30 seconds of its own, whatever
// the client's patience: cut short, a reader would look as if it hung. A client that left while it
// waited gets no turn.
absl::Status RunOnCard(session::Sessions& sessions, const CallInfo& info, const std::string& reader,
                       session::Job job);

// The same with a result. `work` owns what it touches: when the reader hangs it is left behind.
template <typename Result>
absl::StatusOr<Result> OnCard(session::Sessions& sessions, const CallInfo& info,
                              const std::string& reader,
                              absl::AnyInvocable<absl::StatusOr<Result>(hal::Card&) &&> work) {
  auto result = std::make_shared<std::optional<Result>>();
  absl::Status status =
      RunOnCard(sessions, info, reader,
                [result, work = std::move(work)](hal::Card& card) mutable -> absl::Status {
                  absl::StatusOr<Result> made = std::move(work)(card);
                  if (!made.ok()) return std::move(made).status();
                  *result = *std::move(made);
                  return absl::OkStatus();
                });
  if (!status.ok()) return status;
  return **std::move(result);
}

}  // namespace jpkid::rpc
