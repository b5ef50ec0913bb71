// The readers in process under the contract of all readers.

#include "hal/sim/sim_readers.h"
#include "tests/contract/contract_card.h"
#include "tests/contract/readers_contract.h"

namespace jpkid::hal {
namespace {

class SimReadersUnderTest final : public ReadersUnderTest {
 public:
  SimReadersUnderTest() {
    absl::StatusOr<std::unique_ptr<sim::SimReaders>> readers = sim::SimReaders::Create(
        {.slots = {{.name = kReader, .card = cards_.Make("card.bin")}, {.name = kEmpty}}});
    EXPECT_TRUE(readers.ok()) << readers.status();
    readers_ = *std::move(readers);
  }

  Readers& readers() override { return *readers_; }
  std::string reader() const override { return kReader; }
  std::string empty_reader() const override { return kEmpty; }
  void Remove() override { EXPECT_TRUE(readers_->Remove(kReader).ok()); }
  void Insert() override { EXPECT_TRUE(readers_->Insert(kReader).ok()); }
  void Fault(const std::string& text) override {
    const absl::Status status = readers_->AddFaults(kReader, text);
    EXPECT_TRUE(status.ok()) << status;
  }
  void Break() override { EXPECT_TRUE(readers_->Break(kReader, "unplugged").ok()); }
  void Repair() override { EXPECT_TRUE(readers_->Repair(kReader).ok()); }
  std::string OtherCard() override { return cards_.Make("other.bin"); }

 private:
  static constexpr char kReader[] = "Simulated Reader 0";
  static constexpr char kEmpty[] = "Simulated Reader 1";
  const ContractCards cards_;
  std::unique_ptr<sim::SimReaders> readers_;
};

INSTANTIATE_TEST_SUITE_P(Sim, ReadersContract,
                         testing::Values(ReadersFactory{
                             "sim", [] { return std::make_unique<SimReadersUnderTest>(); }}));

}  // namespace
}  // namespace jpkid::hal
