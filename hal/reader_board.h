#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

#include "base/mutex.h"
#include "hal/reader.h"

namespace jpkid::hal {

// The list of readers that a backend keeps for its callers: published by one side, read and waited
// for by any thread. Nothing slow ever happens under its lock.
class ReaderBoard {
 public:
  // As Readers::List and Readers::WaitForChange. Version 0, no readers: nothing was published yet.
  ReaderList List() const;
  ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const;

  // Makes `readers` the list. The version grows unless they are the same as before.
  void Publish(std::vector<ReaderState> readers);

 private:
  mutable Mutex mutex_;
  mutable CondVar changed_;
  ReaderList list_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::hal
