// The readers of pcscd under the contract of all readers: a real pcscd with vpcd, started by
// tests/system/pcscd_stack.py, and jpki-simcard.

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "absl/strings/str_split.h"

#include "hal/pcsc/pcsc_readers.h"
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

// `jpki-simcard run`, from its first word on standard output to its end.
class SimcardProcess {
 public:
  SimcardProcess(const std::string& card, const std::string& vpcd, const std::string& control) {
    int ends[2] = {};
    EXPECT_EQ(pipe(ends), 0);
    UniqueFd said(ends[0]);
    UniqueFd says(ends[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, says.get(), STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, said.get());
    std::vector<std::string> words = {SIMCARD,  "run", "--card",    card,
                                      "--vpcd", vpcd,  "--control", control};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(posix_spawn(&pid_, SIMCARD, &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    says = UniqueFd();
    char first =
        0;  // Comes when the reader has met the card; the end of the pipe if it never does.
    EXPECT_EQ(read(said.get(), &first, 1), 1) << "jpki-simcard did not attach";
    said_ = std::move(said);
  }

  ~SimcardProcess() {
    kill(pid_, SIGTERM);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    EXPECT_EQ(status, 0);
  }

 private:
  pid_t pid_ = -1;
  UniqueFd said_;  // Kept open, so that it may go on speaking.
};

class PcscReadersUnderTest final : public ReadersUnderTest {
 public:
  PcscReadersUnderTest()
      : names_(FromStack("JPKID_TEST_READERS")), stack_(FromStack("JPKID_TEST_PCSCD").front()) {
    AwaitEmpty();  // pcscd may still see the card of the test before.
    const std::string control = cards_.directory() + "/control";
    process_ = std::make_unique<SimcardProcess>(cards_.Make("card.bin"),
                                                FromStack("JPKID_TEST_VPCD").front(), control);
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
    const absl::Time deadline = absl::Now() + absl::Seconds(15);
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
  std::unique_ptr<SimcardProcess> process_;
  std::unique_ptr<LineClient> card_;
};

INSTANTIATE_TEST_SUITE_P(Pcsc, ReadersContract,
                         testing::Values(ReadersFactory{
                             "pcsc", [] { return std::make_unique<PcscReadersUnderTest>(); }}));

}  // namespace
}  // namespace jpkid::hal
