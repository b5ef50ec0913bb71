#pragma once

#include <memory>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"

#include "base/mutex.h"
#include "daemon/rpc/registry.h"
#include "daemon/store/store.h"

namespace jpkid::rpc {

// The request_id of a request that has such a field: 1 to 128 printable ASCII characters, or
// ARGUMENT_INVALID.
absl::StatusOr<std::string> RequestIdOf(const Message& request);

// Makes a repeated request harmless: the same request_id of the same caller gets the first answer,
// good or bad, and nothing is done twice, not even where the daemon died in between. Thread-safe.
class Repeats {
 public:
  // `store` outlives it.
  explicit Repeats(store::Store& store) : store_(store) {}

  // Does `work` unless the request was made before. `request` holds no secret any more. Failures
  // of its own: ARGUMENT_INVALID (no request_id), REQUEST_ID_REUSED, REQUEST_UNDER_WAY,
  // REQUEST_CUT_OFF. Where the work failed before anything was changed the request is forgotten,
  // so that it may be made anew.
  Answer Once(const Method& method, const Caller& caller, const Message& request,
              absl::FunctionRef<Answer()> work);

  // Whether requests of this method name themselves.
  static bool AppliesTo(const Method& method);

 private:
  class Turn;

  void Keep(const store::RequestKey& key, const Answer& answer);

  store::Store& store_;
  Mutex mutex_;
  std::set<std::string> under_way_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::rpc
