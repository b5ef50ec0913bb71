#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "daemon/store/case_record.pb.h"

// Applications of citizens, kept over days and daemons.
namespace jpkid::store {

// Which cases are listed.
struct CaseFilter {
  std::vector<CaseRecord::State> states = {};  // None named: any.
  std::string card_serial = {};                // Empty: any.
  std::int64_t created_from_us = 0;
  std::int64_t created_before_us = std::numeric_limits<std::int64_t>::max();
};

struct CasePage {
  std::vector<CaseRecord> cases;  // Newest first.
  std::string next_token;         // Empty at the end.
};

// A case as it is in the store after CreateCase.
struct CreatedCase {
  CaseRecord record = {};
  bool existed = false;  // The request was known already; nothing was written.
};

// Whether one more application may be taken at its window, after so many between two times. It must
// not use the store.
struct Admission {
  std::int64_t from_us = 0;
  std::int64_t before_us = 0;
  std::function<absl::Status(int taken)> may_take = {};  // Empty: however many there are.
};

// The cases of a store. What an application says of the person, and the holder's data, are kept
// sealed, apart from the case, and are erased with the change that ends it. Thread-safe; every
// failure of the database is STORE_UNAVAILABLE.
//
// An operation moves its case by itself: Store::Create of an operation with a case_id takes a READY
// case (CASE_STATE, or CASE_CHANGED when it is another version than case_version, and nothing is
// written), Store::Write brings it to custody and back and, with the operation's end, to COMPLETED,
// PIN_MISMATCH or again READY; each in the operation's own transaction.
class Cases {
 public:
  virtual ~Cases() = default;

  // Writes a new case, version 1, with the holder's data where they were given. A second call with
  // the same creator and request_id returns the first case and writes nothing. What `admission`
  // says to the number of cases that are there, whoever else is at work, stands.
  virtual absl::StatusOr<CreatedCase> CreateCase(const CaseRecord& record,
                                                 const std::optional<Bytes>& holder,
                                                 const Admission& admission) = 0;

  // The case that `creator` made with that request, if any.
  virtual absl::StatusOr<std::optional<CaseRecord>> FindCase(const std::string& creator,
                                                             const std::string& request_id) = 0;

  // CASE_UNKNOWN where there is none.
  virtual absl::StatusOr<CaseRecord> GetCase(const std::string& id) = 0;

  // At most `page_size` cases, 1 to 1,000. Pages neither repeat nor skip a case when new ones
  // arrive between them. ARGUMENT_INVALID for a token that is none of ours.
  virtual absl::StatusOr<CasePage> ListCases(const CaseFilter& filter, int page_size,
                                             const std::string& token) = 0;

  // How many applications were taken at a window, its name as the applications give it, from a time
  // on and before another.
  virtual absl::StatusOr<int> CountTaken(const std::string& municipality, const std::string& window,
                                         std::int64_t from_us, std::int64_t before_us) = 0;

  // Replaces the case whose version is `expected`, and returns it with the next version; what it
  // says of the person stays as it was created.
  // CASE_CHANGED when somebody else was first, CASE_UNKNOWN where there is none.
  virtual absl::StatusOr<CaseRecord> UpdateCase(const CaseRecord& record,
                                                std::int64_t expected) = 0;

  // The holder's data as given to CreateCase, while the case has not ended.
  virtual absl::StatusOr<std::optional<Bytes>> GetCaseHolder(const std::string& id) = 0;
};

}  // namespace jpkid::store
