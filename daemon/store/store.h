#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "daemon/events/event.pb.h"
#include "daemon/store/backup.h"
#include "daemon/store/cases.h"
#include "daemon/store/journal_line.h"
#include "daemon/store/record.pb.h"
#include "daemon/store/requests.h"

// Operations and their journal, cases, requests: what the daemon must know after a power cut.
namespace jpkid::store {

struct Page {
  std::vector<OperationRecord> operations;  // Newest first.
  std::string next_token;                   // Empty at the end.
};

// An operation, and the epoch under which its owner may write.
struct Claimed {
  static constexpr std::int64_t kFirstEpoch = 1;  // Of whoever created it.
  OperationRecord record = {};
  std::int64_t epoch = 0;
  bool existed = false;  // Create: the request was known already; nothing was written.
};

// The store, of one daemon or several; each operation has one owner. Thread-safe. Every failure of
// the database is STORE_UNAVAILABLE.
class Store : public Cases, public Requests, public Backups {
 public:
  struct Options {
    std::string url;  // "sqlite:PATH" or "postgresql://…", as sql::Database reads it.
    // Encrypts the holder's data; made on first use, mode 0600, never in the store. Daemons that
    // share a store share the key.
    std::string key_file;
    // This daemon, as it signs its claims: the same after a restart, no other daemon's.
    std::string owner;
    // An owner silent for so long has lost its operations to whoever holds the card.
    absl::Duration owner_expires = absl::Seconds(60);
  };
  // STORE_TOO_NEW for a store of a newer daemon, ARGUMENT_INVALID for a URL that does not read and
  // for another key than the store's.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const Options& options, Clock& clock);

  // Writes a new operation with its first events and the holder's data where they were given (item
  // "holder"), claimed by this daemon, and takes its case. A second call with the same creator and
  // request_id returns the first operation and writes nothing. CASE_UNKNOWN, CASE_CHANGED,
  // CASE_STATE: see Cases.
  virtual absl::StatusOr<Claimed> Create(const OperationRecord& record,
                                         const std::vector<events::Event>& events,
                                         const std::optional<Bytes>& holder) = 0;

  // Writes, in one transaction: a journal line, the operation as it now stands, what there is to
  // tell, what it means for its case. With its end its personal data are erased. OWNERSHIP_LOST
  // when `epoch` is no longer the owner's.
  virtual absl::Status Write(const OperationRecord& record, std::int64_t epoch,
                             const std::optional<JournalLine>& line,
                             const std::vector<events::Event>& events) = 0;

  // This daemon's operations that have not ended, claimed under new epochs: after a restart.
  virtual absl::StatusOr<std::vector<Claimed>> ClaimUnfinished() = 0;

  // Says that this daemon is alive and keeps what it claimed.
  virtual absl::Status Heartbeat() = 0;

  // The operations that have not ended and whose owner, another daemon, has expired. Cheap, and
  // nothing most of the time: asked before a card is read for the sake of ClaimExpired.
  virtual absl::StatusOr<std::vector<OperationRecord>> ExpiredOperations() = 0;

  // Those of the card with `card_serial`, claimed under new epochs. Only for a daemon that has that
  // card in a reader of its own; with an empty serial, those that never saw a card.
  virtual absl::StatusOr<std::vector<Claimed>> ClaimExpired(const std::string& card_serial) = 0;

  // The operation that `creator` began with that request, if any.
  virtual absl::StatusOr<std::optional<OperationRecord>> FindOperation(
      const std::string& creator, const std::string& request_id) = 0;

  // OPERATION_UNKNOWN where there is none.
  virtual absl::StatusOr<OperationRecord> Get(const std::string& id) = 0;
  virtual absl::StatusOr<Page> List(int page_size, const std::string& token, bool active_only) = 0;

  // At most `limit` events after `sequence`, in order.
  virtual absl::StatusOr<std::vector<events::Event>> Events(const std::string& id,
                                                            std::int64_t after, int limit) = 0;

  // The journal of an operation, oldest first.
  virtual absl::StatusOr<std::vector<JournalLine>> Journal(const std::string& id) = 0;

  // Personal data of an operation under way (holder, a certificate that names him), encrypted.
  // OWNERSHIP_LOST as Write; also once it has ended, for then nobody would erase them.
  virtual absl::Status PutPersonal(const std::string& id, std::int64_t epoch,
                                   const std::string& item, ByteView data) = 0;
  virtual absl::StatusOr<std::optional<Bytes>> GetPersonal(const std::string& id,
                                                           const std::string& item) = 0;

  // Whether the database can be written, for health: a full disk can still be read. It writes what
  // a sign of life writes, and no more.
  virtual absl::Status Check() = 0;
};

// Puts `backup` in the place of the store that `options` name, while no daemon works on it; returns
// where the one that was there is kept (empty: there was none). May be done again. ARGUMENT_INVALID
// for what is no backup, another key, PostgreSQL; STORE_TOO_NEW; STORE_UNAVAILABLE.
absl::StatusOr<std::string> RestoreStore(const Store::Options& options, const std::string& backup,
                                         Clock& clock);
// Tells what is under way that this happened, where other programs did it; how many operations that
// is. ARGUMENT_INVALID where there is no store, or not its key.
absl::StatusOr<int> MarkRestored(const Store::Options& options, Clock& clock);

}  // namespace jpkid::store
