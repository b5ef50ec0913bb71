#include "hal/trace/replay_readers.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"

namespace jpkid::hal::trace {
namespace {

constexpr char kPower[] = "{\"instruction\":\"POWER UP\",\"reader\":\"A 00\",\"atr\":\"3B00\"}\n";
constexpr char kTries[] =
    "{\"instruction\":\"VERIFY\",\"header\":\"00200098\",\"sw\":\"63C3\",\"reader\":\"A 00\"}\n";
constexpr char kMute[] =
    "{\"instruction\":\"VERIFY\",\"header\":\"00200098\",\"end\":\"NO_ANSWER\","
    "\"reader\":\"A 00\"}\n";
constexpr char kGone[] =
    "{\"instruction\":\"VERIFY\",\"header\":\"00200098\",\"end\":\"CARD_GONE\","
    "\"reader\":\"A 00\"}\n";

class Replay : public testing::Test {
 protected:
  ~Replay() override { unlink(path_.c_str()); }

  void Load(const std::string& text) {
    ASSERT_TRUE(ReplaceFile(path_, AsBytes(text), 0600).ok());
    auto readers = ReplayReaders::Create(path_);
    ASSERT_TRUE(readers.ok()) << readers.status();
    readers_ = *std::move(readers);
  }
  absl::StatusOr<Bytes> AskTries(Card& card) { return card.TransmitRaw(*FromHex("00200098")); }

  const std::string path_ = testing::TempDir() + "replay." + std::to_string(getpid());
  std::unique_ptr<ReplayReaders> readers_;
};

TEST_F(Replay, IsAReaderWithACard) {
  Load(std::string(kPower) + kTries + kPower + kTries);
  const ReaderList list = readers_->List();
  EXPECT_EQ(
      list.readers,
      (std::vector<ReaderState>{
          {.name = "A 00", .presence = Presence::kPresent, .atr = {0x3B, 0x00}, .insertion = 1}}));
  EXPECT_EQ(readers_->WaitForChange(0, absl::InfiniteFuture()).version, list.version);
  {
    const auto card = readers_->Open("A 00").value();
    EXPECT_EQ(card->insertion(), 1U);
    EXPECT_EQ(AskTries(*card).value(), Bytes({0x63, 0xC3}));
    EXPECT_TRUE(card->PowerDown().ok());
    EXPECT_EQ(AskTries(*card).value(), Bytes({0x63, 0xC3}));
    EXPECT_TRUE(FailedFor(AskTries(*card).status(), Reason::kTraceDiffers));
    EXPECT_TRUE(FailedFor(readers_->Open("A 00").status(), Reason::kCardHeldElsewhere));
  }
  EXPECT_TRUE(FailedFor(readers_->Open("A 00").status(), Reason::kTraceDiffers));
  EXPECT_TRUE(FailedFor(readers_->Open("B").status(), Reason::kReaderUnknown));
}

TEST_F(Replay, ACardThatDidNotAnswerOrWentAwayDoesSoAgain) {
  Load(std::string(kPower) + kMute + kPower + kGone + kPower + kTries);
  auto card = readers_->Open("A 00").value();
  EXPECT_TRUE(FailedFor(AskTries(*card).status(), Reason::kCardMute));
  EXPECT_TRUE(
      FailedFor(AskTries(*card).status(), Reason::kCardRemoved));  // That connection is over.
  EXPECT_TRUE(FailedFor(card->PowerDown(), Reason::kCardRemoved));
  card = nullptr;
  card = readers_->Open("A 00").value();
  EXPECT_EQ(card->insertion(), 2U);
  EXPECT_TRUE(FailedFor(AskTries(*card).status(), Reason::kCardRemoved));
  card = nullptr;
  card = readers_->Open("A 00").value();
  EXPECT_EQ(card->insertion(), 3U);
  EXPECT_EQ(AskTries(*card).value(), Bytes({0x63, 0xC3}));
  EXPECT_EQ(readers_->List().readers[0].insertion, 3U);
}

TEST_F(Replay, AConnectionMayOutliveItsReaders) {
  Load(std::string(kPower) + kTries);
  const auto card = readers_->Open("A 00").value();
  readers_ = nullptr;
  EXPECT_EQ(AskTries(*card).value(), Bytes({0x63, 0xC3}));
}

}  // namespace
}  // namespace jpkid::hal::trace
