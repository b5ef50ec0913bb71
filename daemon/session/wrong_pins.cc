#include "daemon/session/wrong_pins.h"

#include "absl/strings/str_cat.h"

#include "base/log.h"
#include "base/status.h"

namespace jpkid::session {

absl::Status WrongPins::Note(absl::string_view client, absl::string_view reader,
                             absl::Status status) {
  if (!FailedFor(status, Reason::kPinWrong) && !FailedFor(status, Reason::kPinBlocked)) {
    return status;
  }
  int count = 0;
  {
    const MutexLock lock(mutex_);
    count = ++counts_[std::string(client)];
  }
  LogWarning("reader %s: refused PIN number %d of %s: %s", reader, count, client, status.message());
  return WithMetadata(status, "wrong_by_caller", absl::StrCat(count));
}

}  // namespace jpkid::session
