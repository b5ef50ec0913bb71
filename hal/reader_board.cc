#include "hal/reader_board.h"

#include <utility>

namespace jpkid::hal {

ReaderList ReaderBoard::List() const {
  const MutexLock lock(mutex_);
  return list_;
}

ReaderList ReaderBoard::WaitForChange(std::uint64_t version, absl::Time deadline) const {
  const MutexLock lock(mutex_);
  while (list_.version == version) {
    if (!changed_.WaitUntil(mutex_, deadline)) break;
  }
  return list_;
}

void ReaderBoard::Publish(std::vector<ReaderState> readers) {
  const MutexLock lock(mutex_);
  if (list_.version > 0 && list_.readers == readers) return;
  list_.readers = std::move(readers);
  ++list_.version;
  changed_.NotifyAll();
}

}  // namespace jpkid::hal
