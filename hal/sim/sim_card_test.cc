#include <unistd.h>

#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gtest/gtest.h>

#include "base/file.h"
#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

TEST(SimCard, PowerUpAnswersTheAtr) {
  Terminal terminal(IssuedImage());
  EXPECT_EQ(ToHex(terminal.card().PowerOn()), "3BE000FF8131FE4514");
  EXPECT_TRUE(terminal.card().powered());
  terminal.card().PowerOff();
  EXPECT_FALSE(terminal.card().powered());
  EXPECT_EQ(terminal.Send(kSelectJpki), "6F00");
  EXPECT_EQ(ToHex(terminal.card().WarmReset()), "3BE000FF8131FE4514");
  EXPECT_EQ(terminal.Send(kSelectJpki), "9000");
}

TEST(SimCard, WhatItTellsOfItself) {
  Terminal terminal(IssuedImage());
  EXPECT_EQ(terminal.card().serial(), "012345678901234");
  EXPECT_EQ(terminal.card().selected_file(), 0);
  EXPECT_TRUE(terminal.card().selected_application().empty());
  terminal.Script({{kSelectJpki, "9000"}, {"00A4020C020017", "9000"}});
  EXPECT_EQ(terminal.card().selected_file(), 0x0017);
  EXPECT_EQ(ToHex(terminal.card().selected_application()), "D392F000260100000001");
}

TEST(SimCard, TheFirstCommandMayFail) {
  CardImage image = IssuedImage();
  image.mutable_switches()->set_first_command_6f00(true);
  Terminal terminal(std::move(image));
  terminal.Script({{kSelectJpki, "6F00"}, {"00A4020C020006", "6A82"}, {kSelectJpki, "9000"}});
  terminal.card().PowerOn();
  terminal.Script({{kSelectJpki, "6F00"}, {kSelectJpki, "9000"}});
}

TEST(SimCard, ClassesThatItDoesNotHave) {
  Terminal terminal(IssuedImage());
  for (const char* cla : {"01", "02", "03", "40", "41", "4F", "60", "7F", "81", "82", "83"}) {
    EXPECT_EQ(terminal.Send(absl::StrCat(cla, "A4040C0AD392F000260100000001")), "6881") << cla;
  }
  for (const char* cla : {"04", "08", "0C", "84", "88", "8C"}) {
    EXPECT_EQ(terminal.Send(absl::StrCat(cla, "A4040C0AD392F000260100000001")), "6882") << cla;
  }
  EXPECT_EQ(terminal.Send("10A4040C0AD392F000260100000001"), "6884");
  for (const char* cla : {"20", "3F", "90", "A0", "BF", "C0", "E0", "FF"}) {
    EXPECT_EQ(terminal.Send(absl::StrCat(cla, "A4040C0AD392F000260100000001")), "6E00") << cla;
  }
  EXPECT_TRUE(terminal.card().selected_application().empty());
}

TEST(SimCard, InstructionsThatItDoesNotHave) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.Script({
      {"0070000001", "6D00"},  // MANAGE CHANNEL
      {"00D60000"
       "0101",
       "6D00"},  // UPDATE BINARY in the clear
      {"0047000008AC068001078301170"
       "0",
       "6D00"},                // GENERATE in the clear
      {"00440000", "6D00"},    // ACTIVATE FILE
      {"00040000", "6D00"},    // DEACTIVATE FILE
      {"00CADF2000", "6D00"},  // GET DATA: what is pending
      {"00CAFF2000", "6D00"},  // GET DATA: the holder
      {"80CAFF2000", "6D00"},
      {"00C0000000", "6985"},  // nothing waits
  });
}

TEST(SimCard, LengthsThatDoNotAddUp) {
  Terminal terminal(IssuedImage());
  for (const char* apdu : {"", "03", "00", "00A4", "00A404", "00A4040C0AD392", "00A4040C02AA",
                           "00D60000000002AA", "00B0000000000000"}) {
    EXPECT_EQ(terminal.Send(apdu), "6700") << apdu;
  }
}

TEST(SimCard, ExtendedLengthIsForReadBinaryAlone) {
  Terminal terminal(IssuedImage());
  terminal.Script({{"00A4040C00000AD392F000260100000001", "6700"},
                   {kSelectJpki, "9000"},
                   {"00B0860000000B", "4A504B4953494D434152449000"}});
}

// Bytes without sense, then commands with some: every answer has a status word, nothing breaks,
// and no PIN is tried by accident.
TEST(SimCard, NoiseIsAnswered) {
  Terminal terminal(IssuedImage());
  std::mt19937 random(20251122);
  const auto octet = [&random] { return static_cast<std::uint8_t>(random()); };
  constexpr std::uint8_t kClasses[] = {0x00, 0x80, 0x84, 0x04};
  constexpr std::uint8_t kInstructions[] = {0xA4, 0xB0, 0xB2, 0x20, 0x24, 0x2A, 0x50, 0x82,
                                            0xC0, 0x47, 0xD6, 0x44, 0x04, 0xCA, 0x2C};
  for (int i = 0; i < 20000; ++i) {
    Bytes apdu(random() % 24);
    for (std::uint8_t& each : apdu) each = octet();
    if (i % 2 == 0 && apdu.size() >= 5) {
      apdu[0] = kClasses[random() % std::size(kClasses)];
      apdu[1] = kInstructions[random() % std::size(kInstructions)];
      apdu[4] = static_cast<std::uint8_t>(apdu.size() - 5);
    }
    if (i % 100 == 0) terminal.Select(kSelectJpki);
    EXPECT_GE(terminal.card().Transmit(apdu).size(), 2u);
  }
  terminal.Script({{kSelectJpki, "9000"}, {"00B0880000", "8F8F009000"}});
}

class SimCardInFile : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "simcard-" + std::to_string(getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    ASSERT_TRUE(MakePrivateDirectory(directory_).ok());
    path_ = directory_ + "/card.bin";
    ASSERT_TRUE(CardStore::Create(path_, IssuedImage()).ok());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // The card as a new process finds it, the application selected.
  std::unique_ptr<SimCard> Reopen() {
    std::unique_ptr<SimCard> card = SimCard::Open(path_, keys_).value();
    card->PowerOn();
    EXPECT_EQ(Send(*card, kSelectJpki), "9000");
    return card;
  }
  static std::string Send(SimCard& card, absl::string_view apdu) {
    return ToHex(card.Transmit(FromHex(apdu).value()));
  }

  std::string directory_;
  std::string path_;
  TestKeySource keys_;
};

// Every step is told to a card freshly loaded from the file: a process killed after any answer.
TEST_F(SimCardInFile, TriesSurviveEachKill) {
  for (const char* answer : {"63C2", "63C1", "63C0", "6984"}) {
    EXPECT_EQ(Send(*Reopen(), "002000980439393939"), answer);
  }
  EXPECT_EQ(Send(*Reopen(), "00200098"), "63C0");
}

TEST_F(SimCardInFile, RestoredTriesSurvive) {
  EXPECT_EQ(Send(*Reopen(), "002000980439393939"), "63C2");
  EXPECT_EQ(Send(*Reopen(), "002000980431323334"), "9000");
  EXPECT_EQ(Send(*Reopen(), "00200098"), "63C3");
  EXPECT_EQ(Send(*Reopen(), "802A0097013100"), "6982");  // the verification does not
}

TEST_F(SimCardInFile, AChangedPinSurvives) {
  {
    const std::unique_ptr<SimCard> card = Reopen();
    EXPECT_EQ(Send(*card, "002000980431323334"), "9000");
    EXPECT_EQ(Send(*card, "002401800437373737"), "9000");
  }
  EXPECT_EQ(Send(*Reopen(), "002000980437373737"), "9000");
}

TEST_F(SimCardInFile, WhatCannotBeKeptDidNotHappen) {
  const std::unique_ptr<SimCard> card = Reopen();
  std::filesystem::remove_all(directory_);
  EXPECT_EQ(Send(*card, "002000980439393939"), "6581");
  EXPECT_EQ(Send(*card, "00200098"), "63C3");
}

}  // namespace
}  // namespace jpkid::hal::sim
