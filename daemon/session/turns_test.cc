#include "daemon/session/turns.h"

#include <algorithm>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jpkid::session {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Ticket = Turns::Ticket;

TEST(Turns, NobodyWaits) {
  Turns turns({});
  EXPECT_EQ(turns.Next(), std::nullopt);
  EXPECT_THAT(turns.Order(), IsEmpty());
  turns.Done();  // Nobody was at their turn: nothing happens.
  EXPECT_EQ(turns.size(), 0);
}

TEST(Turns, OneTurnPerClientInTheRing) {
  Turns turns({});
  const Ticket a1 = *turns.Join(Priority::kCounter, "a");
  const Ticket a2 = *turns.Join(Priority::kCounter, "a");
  const Ticket a3 = *turns.Join(Priority::kCounter, "a");
  const Ticket b1 = *turns.Join(Priority::kCounter, "b");
  const Ticket b2 = *turns.Join(Priority::kCounter, "b");
  EXPECT_THAT(turns.Order(), ElementsAre(a1, b1, a2, b2, a3));
  EXPECT_EQ(turns.size(), 5);
}

TEST(Turns, WhoAsksOnceAtATimeGetsAsMuchAsWhoAsksForManyTurns) {
  Turns turns({});
  const Ticket a1 = *turns.Join(Priority::kCounter, "a");
  const Ticket a2 = *turns.Join(Priority::kCounter, "a");
  const Ticket a3 = *turns.Join(Priority::kCounter, "a");
  EXPECT_EQ(turns.Next(), a1);
  const Ticket b1 = *turns.Join(Priority::kCounter, "b");
  turns.Done();
  EXPECT_EQ(turns.Next(), b1);
  turns.Done();
  EXPECT_EQ(turns.Next(), a2);
  const Ticket b2 = *turns.Join(Priority::kCounter, "b");  // b is back as soon as it can be.
  turns.Done();
  EXPECT_EQ(turns.Next(), b2);
  turns.Done();
  EXPECT_EQ(turns.Next(), a3);
}

TEST(Turns, HigherClassesFirst) {
  Turns turns({});
  const Ticket monitor = *turns.Join(Priority::kMonitor, "m");
  const Ticket batch = *turns.Join(Priority::kBatch, "b");
  const Ticket counter = *turns.Join(Priority::kCounter, "c");
  EXPECT_THAT(turns.Order(), ElementsAre(counter, batch, monitor));
}

TEST(Turns, AClassPassedOverTooOftenComesNext) {
  Turns turns({});
  const Ticket monitor = *turns.Join(Priority::kMonitor, "m");
  int before_it = 0;
  while (true) {
    ASSERT_TRUE(turns.Join(Priority::kCounter, "c"));
    if (turns.Next() == monitor) break;
    turns.Done();
    ++before_it;
    ASSERT_LE(before_it, Turns::kMostPassedOver);
  }
  EXPECT_EQ(before_it, Turns::kMostPassedOver);
}

TEST(Turns, BoundedInAllAndPerClient) {
  Turns turns({.in_all = 3, .per_client = 2});
  EXPECT_TRUE(turns.Join(Priority::kCounter, "a"));
  EXPECT_TRUE(turns.Join(Priority::kMonitor, "a"));
  EXPECT_EQ(turns.Join(Priority::kBatch, "a"), std::nullopt);
  const Ticket b = *turns.Join(Priority::kCounter, "b");
  EXPECT_EQ(turns.Join(Priority::kCounter, "c"), std::nullopt);
  turns.Leave(b);
  EXPECT_TRUE(turns.Join(Priority::kCounter, "c"));
}

TEST(Turns, WhoAskedAgainWhileServedMayLeave) {
  Turns turns({});
  const Ticket a1 = *turns.Join(Priority::kCounter, "a");
  EXPECT_EQ(turns.Next(), a1);
  const Ticket a2 = *turns.Join(Priority::kCounter, "a");
  EXPECT_EQ(turns.size(), 1);
  turns.Leave(a2);
  turns.Leave(a2);  // Gone already.
  turns.Done();
  EXPECT_EQ(turns.size(), 0);
  EXPECT_EQ(turns.Next(), std::nullopt);
}

// Random clients come, leave and are served.
class TurnsProperty : public ::testing::TestWithParam<unsigned> {
 protected:
  struct Waiting {
    std::string client;
    Priority priority;
    int own_ahead = 0;    // Demands of the same client and class, at its coming.
    int turns_since = 0;  // Of anybody.
    std::map<std::string, int> turns_since_of;  // Of the others of its class, by client.
  };

  int Random(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  void JoinSomebody() {
    Waiting newcomer = {.client = std::string(1, static_cast<char>('a' + Random(kClients))),
                        .priority = static_cast<Priority>(Random(3)),
                        .turns_since_of = {}};
    for (const auto& [ticket, one] : waiting_) {
      if (one.client == newcomer.client && one.priority == newcomer.priority) ++newcomer.own_ahead;
    }
    const auto ticket = turns_.Join(newcomer.priority, newcomer.client);
    if (ticket) waiting_[*ticket] = std::move(newcomer);
  }

  void LeaveSomebody() {
    if (waiting_.empty()) return;
    const auto gone = std::next(waiting_.begin(), Random(static_cast<int>(waiting_.size())));
    turns_.Leave(gone->first);
    waiting_.erase(gone);
  }

  void ServeOne() {
    turns_.Done();
    const std::vector<Ticket> order = turns_.Order();
    const std::optional<Ticket> ticket = turns_.Next();
    ASSERT_EQ(ticket.has_value(), !waiting_.empty());
    if (!ticket) return;
    ASSERT_EQ(*ticket, order.front()) << "the order foretold must be the order kept";
    ASSERT_EQ(waiting_.count(*ticket), 1u);
    const Waiting served = waiting_.extract(*ticket).mapped();
    for (auto& [other, one] : waiting_) {
      ++one.turns_since;
      ASSERT_LE(one.turns_since, kBound) << one.client << " starves";
      if (one.priority != served.priority) continue;
      ASSERT_FALSE(one.client == served.client && other < *ticket) << "a client overtook itself";
      if (one.client == served.client) continue;
      ASSERT_LE(++one.turns_since_of[served.client], one.own_ahead + 1)
          << served.client << " got more turns than " << one.client;
    }
  }

  static constexpr int kClients = 5;
  static constexpr int kPerClient = 4;
  // Every client of the class once for each own demand in front and itself; and before each of
  // those turns the most that other classes may have.
  static constexpr int kBound = kClients * kPerClient * (Turns::kMostPassedOver + 2);

  std::mt19937 random_{GetParam()};
  Turns turns_{{.in_all = 30, .per_client = kPerClient}};
  std::map<Ticket, Waiting> waiting_;
};

TEST_P(TurnsProperty, NobodyIsLostStarvedOrOvertaken) {
  for (int i = 0; i < 3000; ++i) {
    const int what = Random(10);
    if (what < 5) JoinSomebody();
    if (what == 5) LeaveSomebody();
    if (what > 5) ServeOne();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_EQ(turns_.size(), waiting_.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TurnsProperty, ::testing::Range(1u, 9u));

}  // namespace
}  // namespace jpkid::session
