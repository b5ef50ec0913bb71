// The readers of pcscd under the contract of all readers: a real pcscd with vpcd, started by
// tests/system/pcscd_stack.py, and jpki-simcard.

#include <cstdlib>
#include <vector>

#include "absl/strings/str_split.h"

#include "base/status.h"
#include "base/steady_time.h"
#include "hal/pcsc/pcsc_readers.h"
#include "tests/contract/child_process.h"
#include "tests/contract/contract_card.h"
#include "tests/contract/line_client.h"
#include "tests/contract/readers_contract.h"

namespace jpkid::hal {
namespace {

std::vector<std::string> FromStack(const char* name) {
  const char* value = std::getenv(name);
  if (value != nullptr) return absl::StrSplit(value, ',');
  ADD_FAILURE() << name << " is not set: run this under tests/system/pcscd_stack.py --readers 2";
  return {"", ""};
}

class PcscReadersUnderTest final : public ReadersUnderTest {
 public:
  PcscReadersUnderTest()
      : names_(FromStack("JPKID_TEST_READERS")), stack_(FromStack("JPKID_TEST_PCSCD").front()) {
    AwaitEmpty();  // pcscd may still see the card of the test before.
    const std::string control = cards_.directory() + "/control";
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{SIMCARD, "run", "--card", cards_.Make("card.bin"), "--vpcd",
                                 FromStack("JPKID_TEST_VPCD").front(), "--control", control});
    card_ = std::make_unique<LineClient>(control);
  }

  Readers& readers() override { return readers_; }
  std::string reader() const override { return names_[0]; }
  std::string empty_reader() const override { return names_[1]; }
  void Remove() override { EXPECT_EQ(card_->Ask("remove"), "ok"); }
  void Insert() override { EXPECT_EQ(card_->Ask("insert"), "ok"); }
  void Fault(const std::string& text) override { EXPECT_EQ(card_->Ask("fault " + text), "ok"); }
  void Break() override { EXPECT_EQ(stack_.Ask("stop"), "ok"); }
  void Repair() override { EXPECT_EQ(stack_.Ask("start"), "ok"); }
  std::string OtherCard() override { return cards_.Make("other.bin"); }

 private:
  void AwaitEmpty() {
    const absl::Time deadline = SteadyNow() + absl::Seconds(15);
    ReaderList list = readers_.List();
    while (list.readers.empty() || list.readers[0].presence != Presence::kEmpty) {
      const std::uint64_t version = list.version;
      list = readers_.WaitForChange(version, deadline);
      ASSERT_NE(list.version, version) << names_[0] << " does not become empty";
    }
  }

  const ContractCards cards_;
  const std::vector<std::string> names_;
  LineClient stack_;
  pcsc::PcscReaders readers_;
  std::unique_ptr<ChildProcess> process_;
  std::unique_ptr<LineClient> card_;
};

ReadersFactory Pcsc() {
  return {"pcsc", [] { return std::make_unique<PcscReadersUnderTest>(); }};
}
INSTANTIATE_TEST_SUITE_P(Pcsc, ReadersContract, testing::Values(Pcsc()));

// What only PC/SC has: programs beside us.
class PcscReadersTest : public ReadersContract {};
INSTANTIATE_TEST_SUITE_P(Pcsc, PcscReadersTest, testing::Values(Pcsc()));

TEST_P(PcscReadersTest, ForeignHolderIsSeenAndNamed) {
  const std::uint64_t insertion = Await(reader(), Presence::kPresent).insertion;
  {
    const ChildProcess other({"/usr/bin/python3", HOLD_CARD, reader()});
    Await(reader(), Presence::kElsewhere);
    const absl::Status refused = readers().Open(reader()).status();
    EXPECT_EQ(FailureOf(refused).reason, Reason::kCardHeldElsewhere) << refused;
    EXPECT_EQ(FailureOf(refused).metadata["holder"],
              "python3 (pid " + std::to_string(other.pid()) + ")");
  }
  EXPECT_EQ(Await(reader(), Presence::kPresent).insertion, insertion);
  EXPECT_NE(OpenCard(), nullptr);
}

TEST_P(PcscReadersTest, FrozenPcscdDelaysNeitherListingNorStopping) {
  Await(reader(), Presence::kPresent);
  auto own = std::make_unique<pcsc::PcscReaders>();
  own->WaitForChange(0, SteadyNow() + absl::Seconds(15));
  LineClient stack(FromStack("JPKID_TEST_PCSCD").front());
  EXPECT_EQ(stack.Ask("freeze"), "ok");
  const absl::Time start = SteadyNow();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(own->List().readers.size(), 2U);
  EXPECT_LT(SteadyNow() - start, absl::Seconds(1));
  own.reset();
  EXPECT_LT(SteadyNow() - start, absl::Seconds(5));
  EXPECT_EQ(stack.Ask("thaw"), "ok");
}

}  // namespace
}  // namespace jpkid::hal
