#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <google/protobuf/message.h>

#include "clients/cli/console.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/texts.h"
#include "clients/lib/connection.h"

namespace jpkid::cli {

enum class Output { kText, kJson, kJsonLines };

// What a command may do to a card: whether a failure leaves it in doubt.
enum class CardUse { kNone, kReads, kChanges };

// The options that every command has.
struct Globals {
  std::string address;                  // As given; empty: see clients/lib/address.h.
  std::optional<Output> output;         // Absent: text; what streams, elsewhere than on a
                                        // terminal: JSON lines.
  std::optional<absl::Duration> limit;  // --timeout.
  bool never_ask = false;
};

// What a command works with: the daemon, the words, and where its answer goes.
class Context {
 public:
  // All borrowed for the command's life.
  Context(const Globals& globals, const Words& words, Console& console, client::Connection& daemon);

  const Words& words() const { return words_; }
  Console& console() const { return console_; }
  client::Connection& daemon() const { return daemon_; }
  // nullptr: nobody can be asked.
  Terminal* terminal() const { return never_ask_ ? nullptr : console_.terminal; }

  // When the whole command has to be done; `otherwise` after its start, without --timeout.
  absl::Time Deadline(absl::Duration otherwise) const;
  static constexpr absl::Duration kWatchLimit = absl::Minutes(30);
  // When a call that is made now has to be answered.
  absl::Time CallDeadline() const;
  // The same for a last look at what is left behind, which is taken even when the time is up.
  absl::Time FarewellDeadline() const;

  Output output() const { return output_.value_or(Output::kText); }
  Output stream_output() const;

  // Gives the command's answer: `message` as JSON, or `text`.
  absl::Status Print(const google::protobuf::Message& message, absl::string_view text) const;
  // An answer of many: the whole as JSON, one item a line, or `text`.
  template <typename Items>
  absl::Status PrintAll(const google::protobuf::Message& whole, const Items& items,
                        absl::string_view text) const {
    if (output() != Output::kJsonLines) return Print(whole, text);
    for (const auto& item : items) JPKID_RETURN_IF_ERROR(Print(item, ""));
    return absl::OkStatus();
  }
  // Tells something besides the answer, in a line of its own.
  void Tell(absl::string_view line) const;

  // Tells a failure: what happened, whether the card was changed, how to go on.
  void TellFailure(const absl::Status& status, CardUse use) const;

 private:
  static constexpr absl::Duration kCallLimit = absl::Seconds(60);
  static constexpr absl::Duration kFarewell = absl::Seconds(5);

  const std::optional<Output> output_;
  const std::optional<absl::Duration> limit_;
  const bool never_ask_;
  const absl::Time start_;
  const Words& words_;
  Console& console_;
  client::Connection& daemon_;
};

// What a command ends with, when it did not fail.
using Outcome = absl::StatusOr<ExitCode>;

}  // namespace jpkid::cli
