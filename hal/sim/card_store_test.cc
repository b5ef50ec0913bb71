#include "hal/sim/card_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

class CardStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "card-store-" + std::to_string(getpid()) + "-" +
            testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove(path_);
  }
  void TearDown() override { std::filesystem::remove(path_); }
  std::string path_;
};

TEST_F(CardStoreTest, LoadsWhatWasCreated) {
  const CardImage image = IssuedImage();
  ASSERT_TRUE(CardStore::Create(path_, image).ok());
  EXPECT_EQ(CardStore::Read(path_)->SerializeAsString(), image.SerializeAsString());
}

TEST_F(CardStoreTest, OnlyTheOwnerReadsIt) {
  ASSERT_TRUE(CardStore::Create(path_, IssuedImage()).ok());
  struct stat info = {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(CardStoreTest, AChangeIsInTheFileWhenItReturns) {
  const auto store = CardStore::Create(path_, IssuedImage()).value();
  ASSERT_TRUE(store->Change([](CardImage& image) { image.set_token_label("OTHER"); }).ok());
  EXPECT_EQ(store->image().token_label(), "OTHER");
  EXPECT_EQ(CardStore::Read(path_)->token_label(), "OTHER");
}

TEST_F(CardStoreTest, AChangeThatCannotBeKeptIsNone) {
  const auto store = CardStore::Create(path_, IssuedImage()).value();
  // A directory with something in it stands where the file should go.
  std::filesystem::remove(path_);
  std::filesystem::create_directories(path_ + "/in the way");
  EXPECT_FALSE(store->Change([](CardImage& image) { image.set_token_label("OTHER"); }).ok());
  EXPECT_EQ(store->image().token_label(), "JPKISIMCARD");
  std::filesystem::remove_all(path_);
}

TEST_F(CardStoreTest, AChangeThatMakesNoSenseIsNone) {
  const auto store = CardStore::Create(path_, IssuedImage()).value();
  EXPECT_EQ(
      store->Change([](CardImage& image) { image.set_token_label("ÄÖ"); }),
      absl::InvalidArgumentError("the token label is 1 to 32 characters of ASCII without spaces"));
  EXPECT_EQ(store->image().token_label(), "JPKISIMCARD");
  EXPECT_EQ(CardStore::Read(path_)->token_label(), "JPKISIMCARD");
}

TEST_F(CardStoreTest, AFileIsOneStoresAtATime) {
  const absl::Status taken = absl::UnavailableError(
      "the card " + path_ +
      " is in use by another jpkid or jpki-simcard: end that one or take the card off its reader");
  auto store = CardStore::Create(path_, IssuedImage()).value();
  EXPECT_EQ(CardStore::Load(path_).status(), taken);
  EXPECT_EQ(CardStore::Create(path_, IssuedImage()).status(), taken);
  ASSERT_TRUE(store->Change([](CardImage& image) { image.set_token_label("OTHER"); }).ok());
  EXPECT_EQ(CardStore::Load(path_).status(), taken);
  EXPECT_EQ(CardStore::Read(path_)->token_label(), "OTHER");
  store = nullptr;
  EXPECT_TRUE(CardStore::Load(path_).ok());
}

TEST_F(CardStoreTest, WhatWasLetGoIsOthers) {
  const auto store = CardStore::Create(path_, IssuedImage()).value();
  store->LetGo();
  EXPECT_FALSE(store->holds_file());
  const auto other = CardStore::Load(path_).value();
  EXPECT_TRUE(absl::IsFailedPrecondition(
      store->Change([](CardImage& image) { image.set_token_label("OTHER"); })));
  EXPECT_EQ(CardStore::Read(path_)->token_label(), "JPKISIMCARD");
}

TEST_F(CardStoreTest, TheFileHoldsNoPin) {
  ASSERT_TRUE(CardStore::Create(path_, IssuedImage()).ok());
  const Bytes octets = ReadFile(path_, 1 << 20).value();
  EXPECT_EQ(std::string(AsText(octets)).find(kTestSignaturePin), std::string::npos);
}

TEST_F(CardStoreTest, RefusesWhatIsNoImage) {
  EXPECT_TRUE(absl::IsNotFound(CardStore::Load(path_).status()));
  ASSERT_TRUE(ReplaceFile(path_, AsBytes("no protobuf at all"), 0600).ok());
  EXPECT_TRUE(absl::IsDataLoss(CardStore::Load(path_).status()));
  ASSERT_TRUE(ReplaceFile(path_, Bytes(), 0600).ok());
  EXPECT_TRUE(absl::IsDataLoss(CardStore::Load(path_).status()));
}

TEST_F(CardStoreTest, RefusesAnImageThatMakesNoSense) {
  CardImage image = IssuedImage();
  image.mutable_auth_pin()->set_tries_left(4);
  EXPECT_TRUE(absl::IsInvalidArgument(CardStore::InMemory(image).status()));
  image = IssuedImage();
  image.set_format(2);
  EXPECT_TRUE(absl::IsInvalidArgument(CardStore::InMemory(image).status()));
  image = IssuedImage();
  image.mutable_issuer()->clear_mac_key();
  EXPECT_TRUE(absl::IsInvalidArgument(CardStore::InMemory(image).status()));
}

}  // namespace
}  // namespace jpkid::hal::sim
