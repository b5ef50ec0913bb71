#include "tests/contract/readers_contract.h"

#include <thread>

#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::hal {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(15);
constexpr char kSelectJpki[] = "00A4040C0AD392F000260100000001";
constexpr char kSelectAuthPin[] = "00A4020C020018";
constexpr char kVerify1234[] = "002000800431323334";
constexpr char kChangeTo1234[] = "002401800431323334";

const ReaderState* Find(const ReaderList& list, const std::string& name) {
  for (const ReaderState& state : list.readers) {
    if (state.name == name) return &state;
  }
  return nullptr;
}

}  // namespace

ReaderState ReadersContract::Await(const std::string& name, Presence presence,
                                   std::uint64_t after) {
  const absl::Time deadline = SteadyNow() + kPatience;
  ReaderList list = readers().List();
  while (true) {
    const ReaderState* state = Find(list, name);
    if (state != nullptr && state->presence == presence &&
        (presence != Presence::kPresent || state->insertion > after)) {
      return *state;
    }
    const std::uint64_t version = list.version;
    list = readers().WaitForChange(version, deadline);
    if (list.version == version) {
      ADD_FAILURE() << name << " is not what it should be, but "
                    << (state == nullptr ? -1 : static_cast<int>(state->presence));
      return ReaderState();
    }
  }
}

std::unique_ptr<Card> ReadersContract::OpenCard(std::uint64_t after) {
  Await(reader(), Presence::kPresent, after);
  absl::StatusOr<std::unique_ptr<Card>> card = readers().Open(reader());
  EXPECT_TRUE(card.ok()) << card.status();
  return card.ok() ? *std::move(card) : nullptr;
}

StatusWord ReadersContract::Send(Card& card, absl::string_view apdu) {
  const absl::StatusOr<Bytes> answer = card.TransmitRaw(*FromHex(apdu));
  EXPECT_TRUE(answer.ok()) << answer.status();
  if (!answer.ok()) return 0;
  const absl::StatusOr<Response> response = DecodeResponse(*answer);
  EXPECT_TRUE(response.ok()) << ToHex(*answer);
  return response.ok() ? response->sw : 0;
}

void ReadersContract::SelectPin(Card& card) {
  EXPECT_EQ(Send(card, kSelectJpki), kSuccess);
  EXPECT_EQ(Send(card, kSelectAuthPin), kSuccess);
}

bool ReadersContract::PinVerified(Card& card) {
  const StatusWord sw = Send(card, kChangeTo1234);
  EXPECT_TRUE(sw == kSuccess || sw == 0x6982) << sw;
  return sw == kSuccess;
}

TEST_P(ReadersContract, ListsReadersAndTheirCards) {
  const ReaderState card = Await(reader(), Presence::kPresent);
  EXPECT_EQ(ToHex(card.atr), "3BE000FF8131FE4514");
  EXPECT_GT(card.insertion, 0U);
  EXPECT_EQ(card.detail, "");
  const std::string empty = under_test_->empty_reader();
  EXPECT_EQ(Await(empty, Presence::kEmpty), (ReaderState{.name = empty}));
}

TEST_P(ReadersContract, WaitingEndsAtTheDeadline) {
  Await(reader(), Presence::kPresent);
  const ReaderList list = readers().List();
  const ReaderList later =
      readers().WaitForChange(list.version, SteadyNow() + absl::Milliseconds(20));
  EXPECT_EQ(later.version, list.version);
  EXPECT_EQ(later.readers, list.readers);
  EXPECT_EQ(readers().WaitForChange(list.version - 1, absl::InfiniteFuture()).version,
            list.version);
}

TEST_P(ReadersContract, TellsRemovalAndInsertion) {
  const std::uint64_t first = Await(reader(), Presence::kPresent).insertion;
  under_test_->Remove();
  EXPECT_EQ(Await(reader(), Presence::kEmpty).atr, Bytes());
  under_test_->Insert();
  EXPECT_GT(Await(reader(), Presence::kPresent, first).insertion, first);
}

TEST_P(ReadersContract, OpensOnlyWhatIsThere) {
  Await(reader(), Presence::kPresent);
  EXPECT_TRUE(FailedFor(readers().Open("no such reader").status(), Reason::kReaderUnknown));
  EXPECT_TRUE(FailedFor(readers().Open(under_test_->empty_reader()).status(), Reason::kCardAbsent));
}

TEST_P(ReadersContract, TransmitsCommands) {
  const std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  EXPECT_EQ(card->insertion(), Await(reader(), Presence::kPresent).insertion);
  EXPECT_EQ(Send(*card, kSelectJpki), kSuccess);
  EXPECT_EQ(Send(*card, "00A4020C020006"), kSuccess);
  const absl::StatusOr<Response> token = card->Transmit({.ins = 0xB0, .le = 160});
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->sw, kSuccess);
  ASSERT_EQ(token->data.size(), 160U);
  EXPECT_EQ(AsText(ByteView(token->data).first(11)), "JPKISIMCARD");
  EXPECT_EQ(Send(*card, "00A4040006A0000000010100"), 0x6A82);
}

TEST_P(ReadersContract, PowerDownClearsThePinAndKeepsTheConnection) {
  const std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  SelectPin(*card);
  EXPECT_FALSE(PinVerified(*card));
  EXPECT_EQ(Send(*card, kVerify1234), kSuccess);
  EXPECT_TRUE(PinVerified(*card));
  ASSERT_TRUE(card->PowerDown().ok());
  SelectPin(*card);
  EXPECT_FALSE(PinVerified(*card));
  EXPECT_EQ(Await(reader(), Presence::kPresent).insertion, card->insertion());
}

TEST_P(ReadersContract, ClosingClearsThePin) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  SelectPin(*card);
  EXPECT_EQ(Send(*card, kVerify1234), kSuccess);
  const std::uint64_t insertion = card->insertion();
  card.reset();
  card = OpenCard();
  ASSERT_NE(card, nullptr);
  SelectPin(*card);
  EXPECT_FALSE(PinVerified(*card));
  EXPECT_EQ(card->insertion(), insertion);
}

TEST_P(ReadersContract, OpensExclusively) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  const absl::Status second = readers().Open(reader()).status();
  EXPECT_EQ(FailureOf(second).reason, Reason::kCardHeldElsewhere) << second;
  EXPECT_EQ(FailureOf(second).metadata["holder"], "this program");
  EXPECT_EQ(Send(*card, kSelectJpki), kSuccess);
  card.reset();
  EXPECT_NE(OpenCard(), nullptr);
}

TEST_P(ReadersContract, OurOwnUseDoesNotChangeTheList) {
  Await(reader(), Presence::kPresent);
  const ReaderList before = readers().List();
  for (int i = 0; i < 3; ++i) {
    const std::unique_ptr<Card> card = OpenCard();
    ASSERT_NE(card, nullptr);
    ASSERT_TRUE(card->PowerDown().ok());
  }
  const ReaderList after =
      readers().WaitForChange(before.version, SteadyNow() + absl::Milliseconds(700));
  EXPECT_EQ(after.readers, before.readers);
}

TEST_P(ReadersContract, CardsOutliveTheWayTheyCame) {
  std::unique_ptr<Card> card = OpenCard();
  ASSERT_NE(card, nullptr);
  std::thread([&] { EXPECT_EQ(Send(*card, kSelectJpki), kSuccess); }).join();
  std::thread([&] { card.reset(); }).join();
  EXPECT_NE(OpenCard(), nullptr);
}

}  // namespace jpkid::hal
