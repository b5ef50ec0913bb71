#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

#include "base/status.h"
#include "daemon/rpc/registry.h"
#include "daemon/session/session.h"

namespace jpkid::rpc {

// What a call does at a card. `job` owns what it touches: when the reader hangs it is left behind.
template <typename Result>
struct CardWork {
  std::string reader;  // `readers/{alias}`.
  absl::AnyInvocable<absl::StatusOr<Result>(hal::Card&) &&> job;
};

// Visits to cards, each for one call: it waits for its turn at the reader until
// the call's deadline, or 30 seconds where it has none; then the work has `longest_work`, whatever
// the client's patience: cut short, a reader would look as if it hung. A client that leaves while
// it waits is out of the queue at once; work that has begun is done to its end and told as it
// ended.
class CardTurns {
 public:
  // `sessions` outlives it.
  CardTurns(session::Sessions& sessions, absl::Duration longest_work)
      : sessions_(sessions), longest_work_(longest_work) {}

  // Waits for the result.
  template <typename Result>
  absl::StatusOr<Result> Run(const CallInfo& info, CardWork<Result> work) const {
    auto result = std::make_shared<std::optional<Result>>();
    JPKID_RETURN_IF_ERROR(Wait(info, work.reader, JobOf(std::move(work.job), result)));
    return **std::move(result);
  }

  // Waits for nothing: `respond` is told the result on the reader's thread, or why there is none.
  template <typename Result>
  void Begin(const CallInfo& info, CardWork<Result> work,
             absl::AnyInvocable<void(absl::StatusOr<Result>) &&> respond) const {
    auto result = std::make_shared<std::optional<Result>>();
    Begin(info, work.reader, JobOf(std::move(work.job), result),
          [result, respond = std::move(respond)](const absl::Status& status) mutable {
            if (!status.ok()) return std::move(respond)(status);
            std::move(respond)(**std::move(result));
          });
  }

 private:
  using Done = absl::AnyInvocable<void(const absl::Status&) &&>;

  template <typename Result>
  static session::Job JobOf(absl::AnyInvocable<absl::StatusOr<Result>(hal::Card&) &&> work,
                            std::shared_ptr<std::optional<Result>> result) {
    return [work = std::move(work), result](hal::Card& card) mutable -> absl::Status {
      absl::StatusOr<Result> made = std::move(work)(card);
      if (!made.ok()) return std::move(made).status();
      *result = *std::move(made);
      return absl::OkStatus();
    };
  }

  void Begin(const CallInfo& info, const std::string& reader, session::Job job, Done done) const;
  absl::Status Wait(const CallInfo& info, const std::string& reader, session::Job job) const;

  session::Sessions& sessions_;
  const absl::Duration longest_work_;
};

}  // namespace jpkid::rpc
