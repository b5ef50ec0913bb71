#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "base/mutex.h"

namespace jpkid::session {

// Who has given how many wrong PINs since the daemon's start. A card's own counter is restored by
// the next right PIN, whoever gives it; this one is not. Thread-safe.
class WrongPins {
 public:
  // `status`, as what `client` had done with its PIN at the card on `reader` ended. PIN_WRONG and
  // PIN_BLOCKED are counted and logged, and told with the metadata `wrong_by_caller`.
  absl::Status Note(absl::string_view client, absl::string_view reader, absl::Status status);

 private:
  Mutex mutex_;
  std::map<std::string, int, std::less<>> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::session
