#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "daemon/card/card.h"
#include "daemon/certs/certs.h"
#include "daemon/runner/runner.h"
#include "daemon/session/session.h"

namespace jpkid::runner {

// An operation's turn at its card: from the lease to the release, with what is known of the card
// meanwhile. After End the card has forgotten every PIN. Used by the operation's thread alone.
class CardTurn {
 public:
  // What jobs on the reader's thread work with. Shared with them, since a job may outlive the turn
  // when a driver hangs.
  struct AtReader {
    card::Identity identity;
    std::unique_ptr<card::Personalisation> personalisation;
  };

  CardTurn(const Parts& parts, const Limits& limits, std::string reader, std::string client)
      : parts_(parts), limits_(limits), reader_(std::move(reader)), client_(std::move(client)) {}

  bool begun() const { return at_reader_ != nullptr; }

  // Waits for the turn and identifies the card; nothing to do where the turn has begun. CARD_WRONG,
  // and nothing was sent to the card but the reading of its serial, when that is not `serial`
  // (unless empty). Otherwise as Sessions::Acquire, Lease::Run and card::Identify fail.
  // `on_withdrawn`: as a LeaseRequest has it.
  absl::Status Begin(const std::string& serial, absl::Time deadline,
                     session::LeaseRequest::OnWithdrawn on_withdrawn,
                     absl::FunctionRef<void(int)> on_position);

  // Gives the card back.
  void End();

  const card::Identity& identity() const { return at_reader_->identity; }

  // Which PINs are verified in this turn.
  bool Unlocked(certs::Kind kind) const { return unlocked_.contains(kind); }
  void MarkUnlocked(certs::Kind kind) { unlocked_.insert(kind); }

  // Runs `work` at the card and returns what it returned. `work` owns what it touches.
  template <typename T>
  absl::StatusOr<T> Ask(absl::AnyInvocable<absl::StatusOr<T>(hal::Card&, AtReader&) &&> work) {
    auto answer = std::make_shared<std::optional<T>>();
    const absl::Status status =
        Do([answer, work = std::move(work)](hal::Card& card, AtReader& at) mutable -> absl::Status {
          absl::StatusOr<T> result = std::move(work)(card, at);
          if (!result.ok()) return std::move(result).status();
          *answer = *std::move(result);
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
    return **std::move(answer);
  }

  // The same for work without an answer.
  absl::Status Do(absl::AnyInvocable<absl::Status(hal::Card&, AtReader&) &&> work);

 private:
  const Parts& parts_;
  const Limits& limits_;
  const std::string reader_;
  const std::string client_;
  std::unique_ptr<session::Lease> lease_;
  std::shared_ptr<AtReader> at_reader_;
  std::set<certs::Kind> unlocked_;
};

}  // namespace jpkid::runner
