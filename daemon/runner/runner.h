#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/secret.h"
#include "daemon/ca/ca.h"
#include "daemon/certs/certs.h"
#include "daemon/store/store.h"

// Does what the workflow says: stores the intent, acts, stores the result, tells.
namespace jpkid::runner {

// What a clerk asks for.
struct IssueRequest {
  std::string request_id;
  std::string creator;  // The caller, in words.
  std::string reader;   // Alias.
  std::vector<certs::Kind> kinds;
  std::optional<ca::Holder> holder;  // Absent: a training card's own record.
};

// What an operation waits for, given.
struct PinGiven {
  certs::Kind kind;
  std::string card_serial;
  Secret pin;
};
struct CardGiven {};
using Input = std::variant<PinGiven, CardGiven>;

// The operations under way, a thread each. Thread-safe.
class Runner {
 public:
  virtual ~Runner() = default;

  // Begins an operation, or returns the one this creator began with the same request_id. Failures:
  // ARGUMENT_INVALID, READER_UNKNOWN, OVERLOADED, STORE_UNAVAILABLE.
  virtual absl::StatusOr<store::OperationRecord> Issue(const IssueRequest& request) = 0;

  // Gives `input` to the operation. Failures: OPERATION_UNKNOWN, OPERATION_ENDED, INPUT_UNKNOWN,
  // CARD_WRONG (another serial), PIN_FORMAT; the input is then still awaited.
  virtual absl::StatusOr<store::OperationRecord> Provide(const std::string& id,
                                                         const std::string& input_id,
                                                         Input input) = 0;

  // Failures: OPERATION_UNKNOWN, OPERATION_ENDED, CANCEL_TOO_LATE. Returns once the cancellation is
  // written down; the operation ends by itself.
  virtual absl::StatusOr<store::OperationRecord> Cancel(const std::string& id) = 0;

  // Takes up what an earlier daemon left.
  virtual absl::Status Resume() = 0;

  // Stops each operation at its next safe point, at most until `deadline`; the next daemon goes on.
  virtual void Stop(absl::Time deadline) = 0;
};

}  // namespace jpkid::runner
