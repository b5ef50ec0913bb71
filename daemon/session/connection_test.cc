#include "daemon/session/connection.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/fakes/fake_readers.h"

namespace jpkid::session {
namespace {

constexpr char kName[] = "Fake 00";
const Bytes kAtr = {0x3B, 0x88};
const Bytes kOtherAtr = {0x3B, 0x89};

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() { readers_->Plug(kName); }

  void Insert(const Bytes& atr) { readers_->Insert(kName, atr); }
  void Remove() {
    readers_->Remove(kName);
    connection_.Close();
  }
  // What is known of the card on the reader.
  hal::Learned Learned() {
    hal::Learned learned;
    Use([&learned](hal::Card& card) { learned = card.learned(); });
    return learned;
  }
  void Use(absl::AnyInvocable<void(hal::Card&)> use) {
    LeasedCard lease = {.reader = "a"};
    EXPECT_TRUE(connection_
                    .Run(lease,
                         [&use](hal::Card& card) {
                           use(card);
                           return absl::OkStatus();
                         })
                    .ok());
  }
  void TakesNoExtendedLength() {
    Use([](hal::Card& card) {
      card.learned().extended_le = false;
      card.learned().public_files[0x000A] = {0x30};
    });
  }

  const std::shared_ptr<fakes::FakeReaders> readers_ = std::make_shared<fakes::FakeReaders>();
  Connection connection_{readers_, kName};
};

TEST_F(ConnectionTest, WhatWasLearnedOutlastsTheConnection) {
  Insert(kAtr);
  TakesNoExtendedLength();
  connection_.Close();
  EXPECT_EQ(Learned().extended_le, false);
  EXPECT_EQ(Learned().public_files.size(), 1U);
  connection_.Forget();
  EXPECT_EQ(Learned().public_files.size(), 0U);
}

TEST_F(ConnectionTest, OfAnotherCardNothingIsKnownButItsKind) {
  Insert(kAtr);
  EXPECT_EQ(Learned().extended_le, std::nullopt);
  TakesNoExtendedLength();
  Remove();
  Insert(kAtr);
  EXPECT_EQ(Learned().extended_le, false);
  EXPECT_TRUE(Learned().public_files.empty());
  Remove();
  Insert(kOtherAtr);
  EXPECT_EQ(Learned().extended_le, std::nullopt);
  Remove();
  Insert(kAtr);
  EXPECT_EQ(Learned().extended_le, std::nullopt);  // One kind is remembered, the last one.
}

TEST_F(ConnectionTest, ACardWithoutAnAtrIsOfNoKind) {
  Insert({});
  TakesNoExtendedLength();
  Remove();
  Insert({});
  EXPECT_EQ(Learned().extended_le, std::nullopt);
}

}  // namespace
}  // namespace jpkid::session
