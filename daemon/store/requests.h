#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "base/bytes.h"

// request_id of the API: what was asked before is not done again.
namespace jpkid::store {

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

// The requests of a store. Thread-safe; every failure of the database is STORE_UNAVAILABLE.
class Requests {
 public:
  virtual ~Requests() = default;

  // Begin before anything is done: kNew says do it, kAnswered gives the first answer back,
  // kUnfinished says that an earlier try was cut off in the middle. `digest` tells whether it is
  // the same request: REQUEST_ID_REUSED when it is not. Finish keeps the answer.
  virtual absl::StatusOr<RememberedRequest> BeginRequest(const RequestKey& key,
                                                         ByteView digest) = 0;
  virtual absl::Status FinishRequest(const RequestKey& key, ByteView answer) = 0;
  // Nothing was changed: the request may be made anew.
  virtual absl::Status ForgetRequest(const RequestKey& key) = 0;
};

}  // namespace jpkid::store
