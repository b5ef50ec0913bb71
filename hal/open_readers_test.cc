#include "hal/open_readers.h"

#include <stdlib.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/file.h"
#include "hal/scp03.h"

namespace jpkid::hal {
namespace {

class OpenReadersTest : public testing::Test {
 public:
  ~OpenReadersTest() override {
    unlink(Card().c_str());
    rmdir(directory_.c_str());
  }

 protected:
  OpenReadersTest() { EXPECT_NE(mkdtemp(directory_.data()), nullptr); }
  std::string Card() const { return directory_ + "/card.bin"; }

  std::string directory_ = testing::TempDir() + "/open-readers-XXXXXX";
};

TEST_F(OpenReadersTest, MakesATrainingCardOnce) {
  const SimReadersOptions options = {
      .slots = {{.name = "A", .card = Card(), .create_card = true}, {.name = "B"}}};
  auto readers = OpenReaders(options);
  ASSERT_TRUE(readers.ok()) << readers.status();
  const ReaderList list = (*readers)->List();
  ASSERT_EQ(list.readers.size(), 2U);
  EXPECT_EQ(list.readers[0].presence, Presence::kPresent);
  EXPECT_EQ(list.readers[1].presence, Presence::kEmpty);
  EXPECT_TRUE((*readers)->Open("A").ok());
  const Bytes card = ReadFile(Card(), 65536).value();
  EXPECT_EQ(OpenReaders(options).status().code(), absl::StatusCode::kUnavailable);
  readers->reset();
  EXPECT_TRUE(OpenReaders(options).ok());
  EXPECT_EQ(ReadFile(Card(), 65536).value(), card);
}

TEST_F(OpenReadersTest, RefusesWhatCanNeverWork) {
  EXPECT_EQ(
      OpenReaders(SimReadersOptions{.slots = {{.name = "A", .card = Card()}}}).status().code(),
      absl::StatusCode::kNotFound);
  ASSERT_TRUE(ReplaceFile(Card(), AsBytes("no card"), 0600).ok());
  EXPECT_EQ(
      OpenReaders(SimReadersOptions{.slots = {{.name = "A", .card = Card()}}}).status().code(),
      absl::StatusCode::kDataLoss);
}

TEST_F(OpenReadersTest, ReportsAFaultListThatMakesNoSense) {
  const auto readers = OpenReaders(SimReadersOptions{
      .slots = {{.name = "A", .card = Card(), .faults = "smash", .create_card = true}}});
  EXPECT_EQ(readers.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(readers.status(), CheckFaults("smash"));
  EXPECT_TRUE(CheckFaults("faults { mute {} }").ok());
}

TEST(TrainingIssuerMasterKeyTest, IsAKeyOfTheIssuerProfile) {
  EXPECT_TRUE(DeriveCardKeys(TrainingIssuerMasterKey(), "912345678901234").ok());
}

}  // namespace
}  // namespace jpkid::hal
