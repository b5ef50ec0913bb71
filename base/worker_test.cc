#include "base/worker.h"

#include <atomic>
#include <latch>

#include <gtest/gtest.h>

namespace jpkid {
namespace {

TEST(WorkPool, RunsEverythingBeforeItCloses) {
  std::atomic<int> done = 0;
  WorkPool pool({.name = "test", .most_threads = 4});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(pool.Submit([&done] { ++done; }));
  pool.Close();
  EXPECT_EQ(done, 100);
  EXPECT_FALSE(pool.Submit([&done] { ++done; }));
}

TEST(WorkPool, BlockedTasksDoNotStopOthersWhileThreadsAreLeft) {
  WorkPool pool({.name = "test", .most_threads = 3});
  std::latch all_run_at_once(3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(pool.Submit([&all_run_at_once] { all_run_at_once.arrive_and_wait(); }));
  }
  pool.Close();  // Would never return had they run one after the other.
}

TEST(WorkPool, RefusesMoreThanItsBound) {
  WorkPool pool({.name = "test", .most_threads = 1, .most_waiting = 2});
  std::latch started(1);
  std::latch go(1);
  ASSERT_TRUE(pool.Submit([&] {
    started.count_down();
    go.wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.Submit([] {}));
  EXPECT_TRUE(pool.Submit([] {}));
  EXPECT_FALSE(pool.Submit([] {}));
  go.count_down();
}

}  // namespace
}  // namespace jpkid
