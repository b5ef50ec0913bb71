#include "base/periodic.h"

#include <gtest/gtest.h>

#include "base/steady_time.h"

namespace jpkid {
namespace {

// Counts, and lets a test wait for a number.
class Counter {
 public:
  void Add() {
    const MutexLock lock(mutex_);
    ++count_;
    changed_.NotifyAll();
  }
  bool WaitFor(int count) {
    const MutexLock lock(mutex_);
    const absl::Time deadline = SteadyNow() + absl::Seconds(20);
    while (count_ < count) {
      if (!changed_.WaitUntil(mutex_, deadline)) return false;
    }
    return true;
  }
  int count() {
    const MutexLock lock(mutex_);
    return count_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

TEST(PeriodicTest, TheWorkIsDoneAtOnceAndAgain) {
  Counter counter;
  const Periodic periodic(absl::Milliseconds(1), [&] { counter.Add(); });
  EXPECT_TRUE(counter.WaitFor(3));
}

TEST(PeriodicTest, ItsEndDoesNotWaitForTheNextTime) {
  Counter counter;
  {
    const Periodic periodic(absl::Hours(100), [&] { counter.Add(); });
    EXPECT_TRUE(counter.WaitFor(1));
  }
  EXPECT_EQ(counter.count(), 1);
}

}  // namespace
}  // namespace jpkid
