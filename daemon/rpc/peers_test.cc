#include "daemon/rpc/peers.h"

#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::rpc {
namespace {

// Both ends of a connection to ourselves.
struct Pair {
  UniqueFd ours;
  UniqueFd theirs;
};

Pair NewPair() {
  int fds[2] = {-1, -1};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

std::string NameOf(const UniqueFd& fd) { return absl::StrCat("fd:", fd.get()); }

TEST(PeersTest, TheKernelSaysWhoIsAtTheOtherEnd) {
  Peers peers({.first = 200, .last = 300, .most = 8});
  Pair pair = NewPair();
  const UniqueFd admitted = peers.Admit(std::move(pair.ours)).value();

  EXPECT_GE(admitted.get(), 200);
  const std::optional<UidCaller> caller = peers.Find(NameOf(admitted));
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ(caller->uid, geteuid());
}

TEST(PeersTest, NobodyIsFoundUnderAnotherName) {
  const Peers peers({.first = 200, .last = 300, .most = 8});
  for (const char* name : {"", "fd:", "fd:200", "fd:x", "unix:", "ipv4:127.0.0.1:80", "200"}) {
    EXPECT_FALSE(peers.Find(name).has_value()) << name;
  }
}

TEST(PeersTest, WhatIsNoSocketIsRefused) {
  Peers peers({.first = 200, .last = 300, .most = 8});
  int fds[2] = {-1, -1};
  ASSERT_EQ(pipe(fds), 0);
  const UniqueFd other_end(fds[1]);
  EXPECT_TRUE(FailedFor(peers.Admit(UniqueFd(fds[0])).status(), Reason::kCallerUnknown));
}

TEST(PeersTest, ANumberIsNotUsedAgainBeforeAllOthersWere) {
  Peers peers({.first = 200, .last = 210, .most = 8});
  std::vector<int> numbers;
  for (int i = 0; i < 20; ++i) {
    Pair pair = NewPair();
    numbers.push_back(peers.Admit(std::move(pair.ours)).value().get());  // And closed at once.
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(numbers[i], 200 + static_cast<int>(i) % 10);
  }
}

TEST(PeersTest, AClosedConnectionStillHasItsCaller) {
  Peers peers({.first = 200, .last = 210, .most = 8});
  Pair pair = NewPair();
  std::string name;
  {
    const UniqueFd admitted = peers.Admit(std::move(pair.ours)).value();
    name = NameOf(admitted);
  }
  EXPECT_TRUE(peers.Find(name).has_value()) << "a call may still wait on it";
}

TEST(PeersTest, TooManyAtOnceAreRefusedAndClosedOnesDoNotCount) {
  Peers peers({.first = 200, .last = 300, .most = 3});
  std::vector<UniqueFd> open;
  for (int i = 0; i < 3; ++i) open.push_back(peers.Admit(NewPair().ours).value());
  EXPECT_TRUE(FailedFor(peers.Admit(NewPair().ours).status(), Reason::kOverloaded));

  open.pop_back();
  open.push_back(peers.Admit(NewPair().ours).value());
  EXPECT_TRUE(FailedFor(peers.Admit(NewPair().ours).status(), Reason::kOverloaded));
}

TEST(PeersTest, ANumberThatSomebodyElseHasNowDoesNotCount) {
  Peers peers({.first = 200, .last = 300, .most = 1});
  Pair first = NewPair();
  int number = -1;
  {
    const UniqueFd admitted = peers.Admit(std::move(first.ours)).value();
    number = admitted.get();
  }
  const Pair other = NewPair();
  const UniqueFd taken(dup2(other.ours.get(), number));
  EXPECT_TRUE(peers.Admit(NewPair().ours).ok());
}

TEST(PeersTest, NoFreeNumberIsOverload) {
  Peers peers({.first = 200, .last = 202, .most = 8});
  const UniqueFd one = peers.Admit(NewPair().ours).value();
  const UniqueFd two = peers.Admit(NewPair().ours).value();
  EXPECT_TRUE(FailedFor(peers.Admit(NewPair().ours).status(), Reason::kOverloaded));
}

TEST(PeersTest, TheProcessLeavesRoomForFiles) {
  const Peers::Range range = Peers::RangeOfProcess(100);
  EXPECT_GT(range.first, 64);
  EXPECT_GT(range.last, range.first);
  EXPECT_EQ(range.most, 100u);
}

}  // namespace
}  // namespace jpkid::rpc
