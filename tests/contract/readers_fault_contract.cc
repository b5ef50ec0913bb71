// What readers promise when something goes wrong.

#include <thread>

#include "base/status.h"
#include "base/steady_time.h"
#include "tests/contract/readers_contract.h"

namespace jpkid::hal {
namespace {

constexpr char kSelectJpki[] = "00A4040C0AD392F000260100000001";

// The reason why the card does not answer.
Reason Refusal(Card& card) {
  const absl::StatusOr<Bytes> answer = card.TransmitRaw(*FromHex(kSelectJpki));
  EXPECT_FALSE(answer.ok()) << ToHex(*answer);
  return FailureOf(answer.status()).reason;
}

}  // namespace

TEST_P(ReadersContract, RemovalEndsTheConnectionForGood) {
  const std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  under_test_->Remove();
  EXPECT_EQ(Refusal(*card), Reason::kCardRemoved);
  EXPECT_EQ(Refusal(*card), Reason::kCardRemoved);
  EXPECT_TRUE(FailedFor(card->PowerDown(), Reason::kCardRemoved));
  Await(reader(), Presence::kEmpty);
  under_test_->Insert();
  Await(reader(), Presence::kPresent, card->insertion());
  EXPECT_EQ(Refusal(*card), Reason::kCardRemoved);
}

TEST_P(ReadersContract, ReinsertedCardIsANewInsertion) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  const std::uint64_t first = card->insertion();
  under_test_->Remove();
  Await(reader(), Presence::kEmpty);
  under_test_->Insert();
  card.reset();
  card = OpenCard(first);
  ASSERT_NE(card, nullptr);
  EXPECT_GT(card->insertion(), first);
  EXPECT_EQ(Send(*card, kSelectJpki), kSuccess);
}

TEST_P(ReadersContract, CardTornOutDuringACommand) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  const std::uint64_t first = card->insertion();
  under_test_->Fault("faults { match { instruction: 0xA4 } tear_out { after: true } }");
  EXPECT_EQ(Refusal(*card), Reason::kCardRemoved);
  Await(reader(), Presence::kEmpty);
  card.reset();
  EXPECT_TRUE(FailedFor(readers().Open(reader()).status(), Reason::kCardAbsent));
  under_test_->Insert();
  card = OpenCard(first);
  ASSERT_NE(card, nullptr);
  EXPECT_EQ(Send(*card, kSelectJpki), kSuccess);
}

TEST_P(ReadersContract, PowerLossEndsTheConnection) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  const std::uint64_t first = card->insertion();
  under_test_->Fault("faults { lose_power { for_ms: 1500 } }");
  EXPECT_EQ(Refusal(*card), Reason::kCardRemoved);
  card.reset();
  card = OpenCard(first);
  ASSERT_NE(card, nullptr);
  EXPECT_GT(card->insertion(), first);
}

TEST_P(ReadersContract, AnotherCardIsAnotherInsertion) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  const std::uint64_t first = card->insertion();
  under_test_->Fault("faults { other_card { card: '" + under_test_->OtherCard() + "' } }");
  EXPECT_EQ(Refusal(*card), Reason::kCardRemoved);
  card.reset();
  card = OpenCard(first);
  ASSERT_NE(card, nullptr);
  EXPECT_GT(card->insertion(), first);
  EXPECT_EQ(Send(*card, kSelectJpki), kSuccess);
}

TEST_P(ReadersContract, MuteCardMustBeOpenedAgain) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  const std::uint64_t first = card->insertion();
  under_test_->Fault("faults { mute {} }");
  EXPECT_EQ(Refusal(*card), Reason::kCardMute);
  EXPECT_EQ(Refusal(*card), Reason::kCardRemoved);
  Await(reader(), Presence::kPresent, first);
  card.reset();
  // A driver may need a moment to find the card again; it is a new insertion each time.
  const absl::Time deadline = SteadyNow() + absl::Seconds(15);
  absl::StatusOr<std::unique_ptr<Card>> again = readers().Open(reader());
  while (!again.ok() && SteadyNow() < deadline) {
    readers().WaitForChange(readers().List().version, SteadyNow() + absl::Milliseconds(100));
    again = readers().Open(reader());
  }
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_GT((*again)->insertion(), first);
  EXPECT_EQ(Send(**again, kSelectJpki), kSuccess);
}

TEST_P(ReadersContract, HangingCommandBlocksNobodyElseAndEndsWithRemoval) {
  const std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  under_test_->Fault("faults { hang {} }");
  Reason reason = Reason::kInternal;
  std::thread hanging([&] { reason = Refusal(*card); });
  const absl::Time start = SteadyNow();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(readers().List().readers.size(), 2U);
  EXPECT_TRUE(FailedFor(readers().Open(under_test_->empty_reader()).status(), Reason::kCardAbsent));
  EXPECT_LT(SteadyNow() - start, absl::Seconds(5));
  under_test_->Remove();
  hanging.join();
  EXPECT_EQ(reason, Reason::kCardRemoved);
}

TEST_P(ReadersContract, SlowAnswerIsWaitedFor) {
  const std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  under_test_->Fault("faults { slow { by_ms: 300 } }");
  const absl::Time start = SteadyNow();
  EXPECT_EQ(Send(*card, kSelectJpki), kSuccess);
  EXPECT_GE(SteadyNow() - start, absl::Milliseconds(300));
}

TEST_P(ReadersContract, BadAnswersAreHandedOn) {
  const std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  under_test_->Fault("faults { garble {} } faults { answer { sw: 0x6581 } }");
  EXPECT_EQ(card->TransmitRaw(*FromHex(kSelectJpki)).value(), (Bytes{0x6F, 0xFF}));
  EXPECT_EQ(card->TransmitRaw(*FromHex(kSelectJpki)).value(), (Bytes{0x65, 0x81}));
  EXPECT_EQ(Send(*card, kSelectJpki), kSuccess);
}

TEST_P(ReadersContract, BrokenReadersSayWhyAndComeBack) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  const std::uint64_t first = card->insertion();
  under_test_->Break();
  EXPECT_NE(Await(reader(), Presence::kUnavailable).detail, "");
  EXPECT_EQ(Refusal(*card), Reason::kReaderUnavailable);
  EXPECT_TRUE(FailedFor(readers().Open(reader()).status(), Reason::kReaderUnavailable));
  card.reset();
  under_test_->Repair();
  card = OpenCard(first);
  ASSERT_NE(card, nullptr);
  EXPECT_GT(card->insertion(), first);
  EXPECT_EQ(Send(*card, kSelectJpki), kSuccess);
}

}  // namespace jpkid::hal
