#include "hal/pcsc/ledger.h"

#include <gtest/gtest.h>

#include "base/steady_time.h"

namespace jpkid::hal::pcsc {
namespace {

constexpr DWORD kCard = SCARD_STATE_PRESENT;

SCARD_READERSTATE Seen(const char* reader, DWORD flags, unsigned counter) {
  SCARD_READERSTATE state = {};
  state.szReader = reader;
  state.dwEventState = flags | static_cast<DWORD>(counter) << 16;
  if ((flags & SCARD_STATE_PRESENT) != 0) {
    state.rgbAtr[0] = 0x3B;
    state.cbAtr = 1;
  }
  return state;
}

class LedgerTest : public testing::Test {
 protected:
  bool Saw(DWORD flags, unsigned counter) {
    return ledger_.Saw({Seen("R", flags, counter)}, ledger_.use_epoch());
  }
  ReaderState State() const { return ledger_.board().List().readers.at(0); }
  static absl::Time Now() { return SteadyNow(); }

  Ledger ledger_;
};

TEST_F(LedgerTest, TellsPresenceAndAtr) {
  Saw(SCARD_STATE_EMPTY, 0);
  EXPECT_EQ(State(), (ReaderState{.name = "R", .presence = Presence::kEmpty}));
  Saw(kCard, 1);
  EXPECT_EQ(
      State(),
      (ReaderState{.name = "R", .presence = Presence::kPresent, .atr = {0x3B}, .insertion = 1}));
  Saw(kCard | SCARD_STATE_MUTE, 1);
  EXPECT_EQ(State().presence, Presence::kMute);
  Saw(SCARD_STATE_UNAVAILABLE, 1);
  EXPECT_EQ(State().presence, Presence::kUnavailable);
}

TEST_F(LedgerTest, NumbersInsertions) {
  Saw(kCard, 1);
  EXPECT_EQ(State().insertion, 1U);
  Saw(kCard, 1);
  EXPECT_EQ(State().insertion, 1U);
  Saw(kCard, 3);  // Removed and put back between two looks.
  EXPECT_EQ(State().insertion, 2U);
  Saw(SCARD_STATE_EMPTY, 4);
  EXPECT_EQ(State().insertion, 2U);
  Saw(kCard, 5);
  EXPECT_EQ(State().insertion, 3U);
}

TEST_F(LedgerTest, CardAfterRestartOfPcscdIsANewInsertion) {
  Saw(kCard, 1);
  ledger_.ServiceGone("pcscd does not run");
  EXPECT_EQ(State(), (ReaderState{.name = "R",
                                  .presence = Presence::kUnavailable,
                                  .insertion = 1,
                                  .detail = "pcscd does not run"}));
  Saw(kCard, 1);
  EXPECT_EQ(State().insertion, 2U);
  EXPECT_EQ(State().detail, "");
}

TEST_F(LedgerTest, OwnUseIsNotForeignUse) {
  ledger_.BeginUse("R");
  EXPECT_TRUE(Saw(kCard | SCARD_STATE_EXCLUSIVE, 1));
  EXPECT_EQ(State().presence, Presence::kPresent);
  ledger_.EndUse("R");
  EXPECT_TRUE(Saw(kCard | SCARD_STATE_INUSE, 1));
  EXPECT_EQ(State().presence, Presence::kElsewhere);
}

TEST_F(LedgerTest, WhoeverHoldsACardIsNamedOnce) {
  Saw(kCard, 1);
  EXPECT_FALSE(ledger_.HasUnnamedHolder());
  Saw(kCard | SCARD_STATE_INUSE, 1);
  EXPECT_TRUE(ledger_.HasUnnamedHolder());
  ledger_.NameHolders("pkcs11-tool (pid 7)");
  EXPECT_FALSE(ledger_.HasUnnamedHolder());
  Saw(kCard | SCARD_STATE_INUSE, 1);
  EXPECT_EQ(State().detail, "pkcs11-tool (pid 7)");
  Saw(kCard, 1);
  EXPECT_EQ(State().detail, "");
}

TEST_F(LedgerTest, AnswerFromBeforeOurUseEndedIsNotJudged) {
  ledger_.BeginUse("R");
  Saw(kCard, 1);
  const std::uint64_t before = ledger_.use_epoch();
  ledger_.EndUse("R");
  EXPECT_FALSE(ledger_.Saw({Seen("R", kCard | SCARD_STATE_EXCLUSIVE, 1)}, before));
  EXPECT_EQ(State().presence, Presence::kPresent);
}

TEST_F(LedgerTest, FindsTheInsertionOfACounter) {
  Saw(kCard, 7);
  EXPECT_EQ(ledger_.InsertionAt("R", 7, Now()), 1U);
  EXPECT_EQ(ledger_.InsertionAt("R", 9, Now()), 0U);  // The watcher has not seen it yet.
  Saw(kCard, 9);
  EXPECT_EQ(ledger_.InsertionAt("R", 7, absl::InfiniteFuture()), 0U);  // That card has gone.
  Saw(kCard, 0xFFFF);
  Saw(kCard, 1);  // The counter has wrapped around.
  EXPECT_EQ(ledger_.InsertionAt("R", 0xFFFF, absl::InfiniteFuture()), 0U);
  EXPECT_EQ(ledger_.InsertionAt("X", 1, Now()), 0U);
}

TEST_F(LedgerTest, LostCardCountsAsANewInsertion) {
  Saw(kCard, 1);
  EXPECT_FALSE(ledger_.WaitGone("R", 1, Now()));
  ledger_.CardLost("R", 1);
  EXPECT_EQ(State().insertion, 2U);
  EXPECT_TRUE(ledger_.WaitGone("R", 1, absl::InfiniteFuture()));
  ledger_.CardLost("R", 1);  // An old connection that breaks later changes nothing.
  EXPECT_EQ(State().insertion, 2U);
}

TEST_F(LedgerTest, UnpluggedReaderIsNotListed) {
  Saw(kCard, 1);
  ledger_.Saw({}, ledger_.use_epoch());
  EXPECT_TRUE(ledger_.board().List().readers.empty());
  EXPECT_EQ(ledger_.board().List().version, 2U);
  Saw(kCard, 1);
  EXPECT_EQ(State().insertion, 2U);
}

}  // namespace
}  // namespace jpkid::hal::pcsc
