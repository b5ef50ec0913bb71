#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/session/session_fixture.h"

namespace jpkid::session {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Leases = SessionFixture;

absl::Status Removed() { return Fail(Reason::kCardRemoved, {{"reader", kReader}}); }

TEST_F(Leases, TheFirstRunOpensTheCardAndTheConnectionStaysForTheNextHolder) {
  Start();
  readers_->Insert(kDriverName);
  std::unique_ptr<Lease> first = Take("a");
  EXPECT_EQ(first->insertion(), 0);
  EXPECT_THAT(readers_->calls(), IsEmpty());
  EXPECT_EQ(Send(*first, 0x01), absl::OkStatus());
  EXPECT_EQ(Send(*first, 0x02), absl::OkStatus());
  EXPECT_EQ(first->insertion(), 1);
  first.reset();
  EXPECT_EQ(Send(*Take("b"), 0x03), absl::OkStatus());
  readers_->ExpectCalls({"open", "transmit 0001", "transmit 0002", "transmit 0003"});
  sessions_.reset();
  readers_->ExpectCalls({"open", "transmit 0001", "transmit 0002", "transmit 0003", "close"});
}

TEST_F(Leases, AVerifiedPinIsGoneBeforeTheNextHolder) {
  Start();
  readers_->Insert(kDriverName);
  std::unique_ptr<Lease> first = Take("a");
  EXPECT_EQ(Send(*first, 0x20, /*verified=*/true), absl::OkStatus());
  Client next(*sessions_, RequestOf("b"));
  next.AwaitPosition(1);
  first.reset();
  const std::unique_ptr<Lease> second = next.TakeLease();
  EXPECT_EQ(Send(*second, 0x03), absl::OkStatus());
  EXPECT_THAT(readers_->calls(),
              ElementsAre("open", "transmit 0020", "power-down", "transmit 0003"));
}

TEST_F(Leases, AVerifiedPinIsGoneThoughNobodyWaits) {
  Start();
  readers_->Insert(kDriverName);
  EXPECT_EQ(Send(*Take("a"), 0x20, /*verified=*/true), absl::OkStatus());
  readers_->ExpectCalls({"open", "transmit 0020", "power-down"});
}

TEST_F(Leases, ACardThatCannotBePoweredDownIsClosed) {
  Start();
  readers_->Insert(kDriverName);
  readers_->FailNext(fakes::DriverCall::kPowerDown, Fail(Reason::kCardMute));
  EXPECT_EQ(Send(*Take("a"), 0x20, /*verified=*/true), absl::OkStatus());
  readers_->ExpectCalls({"open", "transmit 0020", "power-down", "close"});
}

TEST_F(Leases, TheCardIsGivenBackWhenNobodyHasUsedItForAWhile) {
  options_.idle_before_close = absl::Milliseconds(1);
  Start();
  readers_->Insert(kDriverName);
  std::unique_ptr<Lease> lease = Take("a");
  EXPECT_EQ(Send(*lease, 0x01), absl::OkStatus());
  EXPECT_EQ(Send(*lease, 0x02), absl::OkStatus());  // Held is not idle.
  lease.reset();
  readers_->ExpectCalls({"open", "transmit 0001", "transmit 0002", "close"});
  EXPECT_EQ(Send(*Take("a"), 0x03), absl::OkStatus());
  readers_->ExpectCalls(
      {"open", "transmit 0001", "transmit 0002", "close", "open", "transmit 0003", "close"});
}

TEST_F(Leases, NoCardIsToldWithTheAliasAndTheLeaseMayGoOn) {
  Start();
  const std::unique_ptr<Lease> lease = Take("a");
  EXPECT_EQ(Send(*lease, 0x01), Fail(Reason::kCardAbsent, {{"reader", kReader}}));
  EXPECT_EQ(lease->insertion(), 0);
  readers_->Insert(kDriverName);
  EXPECT_EQ(Send(*lease, 0x01), absl::OkStatus());
}

TEST_F(Leases, WhoHoldsTheCardElsewhereIsPassedOn) {
  Start();
  readers_->Insert(kDriverName);
  readers_->FailNext(fakes::DriverCall::kOpen,
                     Fail(Reason::kCardHeldElsewhere, {{"holder", "opensc"}}));
  EXPECT_EQ(Send(*Take("a"), 0x01),
            Fail(Reason::kCardHeldElsewhere, {{"holder", "opensc"}, {"reader", kReader}}));
}

TEST_F(Leases, AFailureThatIsNotTheCardsKeepsTheConnection) {
  Start();
  readers_->Insert(kDriverName);
  const std::unique_ptr<Lease> lease = Take("a");
  const absl::Status plain = absl::InvalidArgumentError("no reason of ours");
  EXPECT_EQ(lease->Run(Patience(), [&](hal::Card&) { return plain; }), plain);
  EXPECT_EQ(lease->Run(Patience(), [](hal::Card&) { return Fail(Reason::kPinWrong); }),
            Fail(Reason::kPinWrong, {{"reader", kReader}}));
  EXPECT_EQ(Send(*lease, 0x01), absl::OkStatus());
  EXPECT_THAT(readers_->calls(), ElementsAre("open", "transmit 0001"));
}

TEST_F(Leases, ACardTakenAwayEndsTheLeaseEvenIfItIsBack) {
  Start();
  readers_->Insert(kDriverName);
  std::unique_ptr<Lease> lease = Take("a");
  EXPECT_EQ(Send(*lease, 0x01), absl::OkStatus());
  readers_->Remove(kDriverName);
  readers_->Insert(kDriverName);
  EXPECT_EQ(Send(*lease, 0x02), Removed());
  EXPECT_EQ(Send(*lease, 0x02), Removed());
  EXPECT_EQ(lease->insertion(), 1);
  lease.reset();
  lease = Take("a");
  EXPECT_EQ(Send(*lease, 0x03), absl::OkStatus());
  EXPECT_EQ(lease->insertion(), 2);
  EXPECT_THAT(readers_->calls(),
              ElementsAre("open", "transmit 0001", "close", "open", "transmit 0003"));
}

TEST_F(Leases, ACardTakenAwayInTheMiddleOfAJob) {
  Start();
  readers_->Insert(kDriverName);
  std::unique_ptr<Lease> lease = Take("a");
  const absl::Status status = lease->Run(Patience(), [this](hal::Card& card) {
    readers_->Swap(kDriverName);
    return card.TransmitRaw(Bytes{0x00, 0x01}).status();
  });
  EXPECT_EQ(status, Removed());
  EXPECT_EQ(Send(*lease, 0x02), Removed());
  EXPECT_THAT(readers_->calls(), ElementsAre("open", "transmit 0001", "close"));
}

TEST_F(Leases, ACardThatFellSilentHasLostItsStateWithIt) {
  Start();
  readers_->Insert(kDriverName);
  const std::unique_ptr<Lease> lease = Take("a");
  readers_->FailNext(fakes::DriverCall::kTransmit, Fail(Reason::kCardMute));
  EXPECT_EQ(Send(*lease, 0x01), Fail(Reason::kCardMute, {{"reader", kReader}}));
  EXPECT_EQ(Send(*lease, 0x02), Removed());
  EXPECT_EQ(Send(*lease, 0x02), Removed());
}

TEST_F(Leases, ANewHolderMeetsTheNewCard) {
  Start();
  readers_->Insert(kDriverName);
  EXPECT_EQ(Send(*Take("a"), 0x01), absl::OkStatus());
  readers_->Swap(kDriverName);
  const std::unique_ptr<Lease> lease = Take("b");
  EXPECT_EQ(Send(*lease, 0x02), absl::OkStatus());
  EXPECT_EQ(lease->insertion(), 2);
  EXPECT_THAT(readers_->calls(),
              ElementsAre("open", "transmit 0001", "close", "open", "transmit 0002"));
}

TEST_F(Leases, AReaderUnpluggedUnderALease) {
  Start();
  readers_->Insert(kDriverName);
  const std::unique_ptr<Lease> lease = Take("a");
  EXPECT_EQ(Send(*lease, 0x01), absl::OkStatus());
  readers_->Unplug(kDriverName);
  EXPECT_EQ(Send(*lease, 0x02), Removed());
}

}  // namespace
}  // namespace jpkid::session
