#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "daemon/events/event.pb.h"
#include "daemon/store/record.pb.h"

// Operations and their journal: what the daemon must know after a power cut.
namespace jpkid::store {

// One line of an operation's journal: the intent is written before a step is taken, the result
// after it.
struct JournalLine {
  enum class Phase { kIntent, kResult };
  std::string step;  // As workflow::Name gives it; with the kind: "make-key auth".
  Phase phase = Phase::kIntent;
  std::string outcome = {};  // Of a result: "done", or a code of the catalogue.
};

struct Page {
  std::vector<OperationRecord> operations;  // Newest first.
  std::string next_token;                   // Empty at the end.
};

// An operation, and the epoch under which its owner may write.
struct Claimed {
  OperationRecord record = {};
  std::int64_t epoch = 0;
  bool existed = false;  // Create: the request was known already; nothing was written.
};

// A request that changes something, as the guard of the API knows it.
struct RequestKey {
  std::string caller;
  std::string method;
  std::string request_id;
};

struct RememberedRequest {
  enum class State { kNew, kUnfinished, kAnswered };
  State state = State::kNew;
  Bytes answer;  // Of kAnswered.
};

// The store. Every failure of the database is STORE_UNAVAILABLE. Thread-safe.
class Store {
 public:
  struct Options {
    std::string url;  // "sqlite:PATH"
    std::string
        key_file;  // Encrypts the holder's data; made on first use, mode 0600, never in the store.
    std::string owner;  // This daemon, as it signs its claims.
  };
  static absl::StatusOr<std::unique_ptr<Store>> Open(const Options& options, Clock& clock);
  virtual ~Store() = default;

  // Writes a new operation with its first events, claimed by this daemon. A second call with the
  // same creator and request_id returns the first operation and writes nothing.
  virtual absl::StatusOr<Claimed> Create(const OperationRecord& record,
                                         const std::vector<events::Event>& events) = 0;

  // Writes, in one transaction: a journal line, the operation as it now stands, what there is to
  // tell. OWNERSHIP_LOST when `epoch` is no longer the owner's.
  virtual absl::Status Write(const OperationRecord& record, std::int64_t epoch,
                             const std::optional<JournalLine>& line,
                             const std::vector<events::Event>& events) = 0;

  // The operations that have not ended and whose owner is this daemon or has expired, claimed under
  // new epochs.
  virtual absl::StatusOr<std::vector<Claimed>> ClaimUnfinished() = 0;

  // Says that this daemon is alive and keeps what it claimed.
  virtual absl::Status Heartbeat() = 0;

  // OPERATION_UNKNOWN where there is none.
  virtual absl::StatusOr<OperationRecord> Get(const std::string& id) = 0;
  virtual absl::StatusOr<Page> List(int page_size, const std::string& token, bool active_only) = 0;

  // At most `limit` events after `sequence`, in order.
  virtual absl::StatusOr<std::vector<events::Event>> Events(const std::string& id,
                                                            std::int64_t after, int limit) = 0;

  // The journal of an operation, oldest first.
  virtual absl::StatusOr<std::vector<JournalLine>> Journal(const std::string& id) = 0;

  // Personal data of an operation (the holder's record, a certificate that names him): one table,
  // encrypted, erasable.
  virtual absl::Status PutPersonal(const std::string& id, const std::string& item,
                                   ByteView data) = 0;
  virtual absl::StatusOr<std::optional<Bytes>> GetPersonal(const std::string& id,
                                                           const std::string& item) = 0;
  virtual absl::Status ErasePersonal(const std::string& id) = 0;

  // request_id of the API. Begin before anything is done: kNew says do it, kAnswered gives the
  // first answer back, kUnfinished says that an earlier try was cut off in the middle. `digest`
  // tells whether it is the same request: REQUEST_ID_REUSED when it is not. Finish keeps the
  // answer.
  virtual absl::StatusOr<RememberedRequest> BeginRequest(const RequestKey& key,
                                                         ByteView digest) = 0;
  virtual absl::Status FinishRequest(const RequestKey& key, ByteView answer) = 0;
  // Nothing was changed: the request may be made anew.
  virtual absl::Status ForgetRequest(const RequestKey& key) = 0;

  // Whether the database answers, for health.
  virtual absl::Status Check() = 0;
};

}  // namespace jpkid::store
