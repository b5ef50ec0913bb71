#include <unistd.h>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "hal/sim/card_at_reader.h"
#include "hal/sim/sim_readers.h"
#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

constexpr char kReader[] = "Simulated Reader 0";
constexpr char kOtherLabel[] = "OTHER";

// One card, the readers of two programs.
class CardLock : public testing::Test {
 public:
  ~CardLock() override { unlink(path_.c_str()); }

 protected:
  CardLock() : path_(absl::StrCat(testing::TempDir(), "/card-lock-", getpid())) {
    EXPECT_TRUE(CardStore::Create(path_, MakeCardImage(TestOrder()).value()).ok());
  }

  absl::StatusOr<std::unique_ptr<SimReaders>> Readers() {
    return SimReaders::Create({.slots = {{.name = kReader, .card = path_}}, .key_source = &keys_});
  }
  bool IsFree() const { return CardStore::Load(path_).ok(); }

  // What another program does to the card, which nobody else has.
  void Rename() {
    ASSERT_TRUE(CardStore::Load(path_)
                    .value()
                    ->Change([](CardImage& image) { image.set_token_label(kOtherLabel); })
                    .ok());
  }

  const std::string path_;
  TestKeySource keys_;
};

TEST_F(CardLock, ACardIsOnOneReader) {
  auto readers = Readers().value();
  EXPECT_TRUE(absl::IsUnavailable(Readers().status()));
  const auto connection = readers->Open(kReader).value();  // Outlives the readers.
  readers = nullptr;
  EXPECT_TRUE(Readers().ok());
}

TEST_F(CardLock, ARemovedCardIsOthersAndComesBackAsTheyLeftIt) {
  const auto readers = Readers().value();
  ASSERT_TRUE(readers->Remove(kReader).ok());
  const auto others = Readers().value();
  EXPECT_TRUE(absl::IsUnavailable(readers->Insert(kReader)));
  ASSERT_TRUE(others->Remove(kReader).ok());
  Rename();
  ASSERT_TRUE(readers->Insert(kReader).ok());
  EXPECT_FALSE(IsFree());
  const auto card = readers->Open(kReader).value();
  EXPECT_EQ(ToHex(card->TransmitRaw(*FromHex(kSelectJpki)).value()), "9000");
}

TEST_F(CardLock, ATornOutCardIsOthers) {
  const auto readers = Readers().value();
  ASSERT_TRUE(readers->AddFaults(kReader, "faults { tear_out {} }").ok());
  EXPECT_FALSE(readers->Open(kReader).value()->TransmitRaw(*FromHex(kSelectJpki)).ok());
  EXPECT_TRUE(IsFree());
}

TEST_F(CardLock, TheNextCardTakesTheReaderAndGivesTheFirstBack) {
  const std::string other = path_ + ".other";
  ASSERT_TRUE(CardStore::Create(other, MakeCardImage(TestOrder()).value()).ok());
  const auto card = CardAtReader::Open(path_, keys_, {}).value();
  EXPECT_FALSE(IsFree());
  EXPECT_TRUE(card->PutIn().ok());  // It is there.
  EXPECT_TRUE(card->PutIn(path_).ok());
  EXPECT_FALSE(IsFree());
  EXPECT_TRUE(card->PutIn(other).ok());
  EXPECT_TRUE(IsFree());
  EXPECT_FALSE(CardStore::Load(other).ok());
  card->TakeOut();
  EXPECT_TRUE(CardStore::Load(other).ok());
  EXPECT_TRUE(card->PutIn(path_).ok());
  card->TakeOut();
  Rename();
  EXPECT_TRUE(card->PutIn().ok());
  EXPECT_EQ(card->card().store().image().token_label(), kOtherLabel);
  unlink(other.c_str());
}

}  // namespace
}  // namespace jpkid::hal::sim
