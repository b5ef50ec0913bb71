#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include <gtest/gtest.h>

#include "base/secret.h"
#include "daemon/card/card.h"
#include "hal/sim/card_store.h"
#include "hal/sim/sim_readers.h"
#include "hal/sim/test_card.h"

namespace jpkid {

inline constexpr char kReader[] = "Simulated 00";

// The daemon's dialogue against the simulated card, through the reader in process: each believes
// its own reading of the standards, here they meet.
class CardOnReader : public testing::Test {
 public:
  ~CardOnReader() override { unlink(path_.c_str()); }

 protected:
  CardOnReader() : path_(testing::TempDir() + "card." + std::to_string(getpid()) + ".bin") {}
  CardOnReader(const CardOnReader&) = delete;
  CardOnReader& operator=(const CardOnReader&) = delete;

  // Puts a card with this memory on the reader and opens it.
  void Put(hal::sim::CardImage image) {
    card_ = nullptr;
    readers_ = nullptr;
    ASSERT_TRUE(hal::sim::CardStore::Create(path_, std::move(image)).ok());
    readers_ = hal::sim::SimReaders::Create(
                   {.slots = {{.name = kReader, .card = path_}}, .key_source = &keys_})
                   .value();
    card_ = readers_->Open(kReader).value();
  }

  // What stands in the card's memory now.
  hal::sim::CardImage Image() { return hal::sim::CardStore::Read(path_).value(); }

  // Personalisation of the card on the reader, which was identified first.
  std::unique_ptr<card::Personalisation> Personalise() {
    return card::OpenPersonalisation(*card_, card::Identify(*card_).value(), *issuer_keys_).value();
  }

  const std::string path_;
  const std::unique_ptr<card::IssuerKeys> issuer_keys_ =
      card::FromMasterKey(hal::sim::TestMasterKey()).value();
  hal::sim::TestKeySource keys_;
  std::unique_ptr<hal::sim::SimReaders> readers_;
  std::unique_ptr<hal::Card> card_;
};

}  // namespace jpkid
