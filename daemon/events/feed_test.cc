#include <gtest/gtest.h>

#include "daemon/events/events.h"

namespace jpkid::events {
namespace {

TEST(Feed, TellsTheListenersOfThatOperationAlone) {
  Feed feed;
  int first = 0;
  int second = 0;
  const auto guard_one = feed.Subscribe("one", [&first] { ++first; });
  const auto guard_two = feed.Subscribe("two", [&second] { ++second; });
  feed.Tell("one");
  feed.Tell("one");
  feed.Tell("three");
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 0);
}

TEST(Feed, ManyListenersOfOneOperation) {
  Feed feed;
  int calls = 0;
  std::vector<std::shared_ptr<void>> guards;
  for (int i = 0; i < 1000; ++i) guards.push_back(feed.Subscribe("one", [&calls] { ++calls; }));
  feed.Tell("one");
  EXPECT_EQ(calls, 1000);
}

TEST(Feed, NotAfterTheGuardIsGone) {
  Feed feed;
  int calls = 0;
  auto guard = feed.Subscribe("one", [&calls] { ++calls; });
  guard.reset();
  feed.Tell("one");
  EXPECT_EQ(calls, 0);
}

TEST(Feed, AGuardMayOutliveTheFeed) {
  std::shared_ptr<void> guard;
  {
    Feed feed;
    guard = feed.Subscribe("one", [] {});
  }
  guard.reset();
}

}  // namespace
}  // namespace jpkid::events
