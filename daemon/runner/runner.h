#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/clock.h"
#include "base/secret.h"
#include "daemon/ca/ca.h"
#include "daemon/card/card.h"
#include "daemon/certs/certs.h"
#include "daemon/events/events.h"
#include "daemon/rules/rules.h"
#include "daemon/session/session.h"
#include "daemon/store/store.h"

// Does what the workflow says: stores the intent, acts, stores the result, tells.
namespace jpkid::runner {

// What a clerk asks for.
struct RunRequest {
  std::string request_id;
  std::string creator;  // The caller, in words.
  std::string reader;   // Alias.
  rules::Procedure procedure = rules::Procedure::kIssue;
  std::vector<certs::Kind> kinds;
  rules::Applicant applicant = rules::Applicant::kHolder;
  std::optional<ca::Holder> holder = {};  // Absent: a training card's own record.
  // Of foreign residents whose certificates end with their stay (S12).
  std::optional<absl::CivilDay> end_of_stay = {};
  bool adult_ward = false;
  bool pinless_card = false;
  bool two_visits = false;  // A proxy's case: the certificates run as long as issued ones.
  // PINs that are set anew instead of being compared: forgotten or locked.
  std::vector<certs::Kind> reset_pins = {};
  std::string card_serial = {};  // Of the card that it is for; empty: of whichever is there.
  // The case it is done for, and its version as the clerk saw it (0: as it stands).
  std::string case_id = {};
  std::int64_t case_version = 0;
};

// What an operation waits for, given.
struct PinGiven {
  certs::Kind kind;
  std::string card_serial;
  Secret pin;
  std::string giver = {};  // Whose guess it is, as callers are named.
};
struct CardGiven {};
using Input = std::variant<PinGiven, CardGiven>;

// What the runner works with. All outlive it.
struct Parts {
  store::Store& store;
  session::Sessions& sessions;
  ca::CertificateAuthority& authority;
  const card::IssuerKeys& issuer_keys;
  events::Feed& feed;
  const Clock& clock;
};

struct Limits {
  absl::Duration turn_wait =
      absl::Minutes(10);  // For the reader, then the operation tells and waits again.
  absl::Duration card_job = absl::Seconds(60);  // One step at the card; making a key takes 8 s.
  absl::Duration input_wait =
      absl::Minutes(15);  // For a PIN or the card, while nothing has changed on it.
  absl::Duration ca_wait_with_card =
      absl::Seconds(60);  // Then the card is released, and its PINs asked for again.
  absl::Duration store_wait_with_card =
      absl::Seconds(10);  // The same, while the store does not work.
  // How often this daemon signs that it is alive, and looks for what others left.
  absl::Duration heartbeat = absl::Seconds(10);
  int most_active = 64;     // Operations at once; OVERLOADED beyond.
  ca::Residence residence;  // Of the municipality, for signature certificates.
  rules::LeapDayBirthday leap = rules::LeapDayBirthday::kFeb28;  // The municipality's.
  ReasonMetadata where_to_ask = {};  // Its office, with what the rules refuse at the card (S19).
  // Procedures that are switched off, and why; others run.
  std::map<rules::Procedure, std::string> suspended = {};
};

// The operations under way, a thread each. Thread-safe.
class Runner {
 public:
  static std::unique_ptr<Runner> Create(const Parts& parts, Limits limits);
  virtual ~Runner() = default;

  // Begins an operation, or returns the one this creator began with the same request_id. Failures:
  // REQUEST_ID_REUSED (that one was asked otherwise), ARGUMENT_INVALID, READER_UNKNOWN, OVERLOADED,
  // OPERATION_SUSPENDED, STORE_UNAVAILABLE; of a case CASE_UNKNOWN, CASE_CHANGED, CASE_STATE.
  virtual absl::StatusOr<store::OperationRecord> Begin(const RunRequest& request) = 0;

  // Gives `input` to the operation. Failures: OPERATION_UNKNOWN, OPERATION_ENDED, OWNERSHIP_LOST
  // (it is another daemon's), INPUT_UNKNOWN, CARD_WRONG (another serial), PIN_FORMAT; the input is
  // then still awaited.
  virtual absl::StatusOr<store::OperationRecord> Provide(const std::string& id,
                                                         const std::string& input_id,
                                                         Input input) = 0;

  // Failures: OPERATION_UNKNOWN, OPERATION_ENDED, OWNERSHIP_LOST, CANCEL_TOO_LATE, SHUTTING_DOWN
  // (it is not cancelled). Returns once the cancellation is written down, and the operation ends by
  // itself; or, as it stands, after 30 seconds at something that cannot be cut short.
  virtual absl::StatusOr<store::OperationRecord> Cancel(const std::string& id) = 0;

  // Takes up what an earlier daemon left.
  virtual absl::Status Resume() = 0;

  // Stops each operation at its next safe point, at most until `deadline`; the next daemon goes on.
  virtual void Stop(absl::Time deadline) = 0;
};

}  // namespace jpkid::runner
