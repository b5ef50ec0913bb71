#include "tests/contract/contract_card.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <gtest/gtest.h>

#include "hal/sim/card_store.h"
#include "hal/sim/create.h"
#include "hal/sim/training_card.h"
#include "tests/contract/readers_contract.h"

namespace jpkid::hal {

ContractCards::ContractCards() : directory_(testing::TempDir() + "/readers-XXXXXX") {
  EXPECT_NE(mkdtemp(directory_.data()), nullptr) << directory_;
}

ContractCards::~ContractCards() {
  std::error_code error;
  std::filesystem::remove_all(directory_, error);
  EXPECT_FALSE(error) << error.message();
}

std::string ContractCards::Make(const std::string& name) const {
  const std::string path = directory_ + "/" + name;
  sim::CardOrder order = sim::TrainingCard(absl::CivilDay(2026, 4, 1));
  order.auth_pin = Secret(AsBytes(kContractAuthPin));
  absl::StatusOr<sim::CardImage> image = sim::MakeCardImage(order);
  EXPECT_TRUE(image.ok()) << image.status();
  EXPECT_TRUE(sim::CardStore::Create(path, *std::move(image)).ok());
  return path;
}

}  // namespace jpkid::hal
