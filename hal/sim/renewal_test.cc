#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_format.h"
#include <gtest/gtest.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

// One whole renewal on a card in a file, the process killed after every answer: what was answered
// is there, what is volatile is gone, and the old certificate works until ACTIVATE.
class Renewal : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "renewal." + std::to_string(getpid());
    ASSERT_TRUE(CardStore::Create(path_, IssuedImage()).ok());
    old_ = Presented();
  }
  void TearDown() override { std::filesystem::remove(path_); }

  // A terminal at the card as a new process finds it.
  Terminal Killed() {
    Terminal terminal(CardStore::Load(path_).value());
    terminal.Select(kSelectJpki);
    return terminal;
  }

  // One command in a channel of its own, `file` selected before it.
  std::string Step(const std::string& file, const std::string& command) {
    Terminal terminal = Killed();
    EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
    EXPECT_EQ(terminal.SendSecure("00A4020C02" + file), "9000");
    return terminal.SendSecure(command);
  }

  // What everybody sees: the certificate, and a signature by the current key.
  std::string Presented() {
    Terminal terminal = Killed();
    std::string seen = terminal.Send("00B08A00000000");
    terminal.VerifyPin("0018", kTestAuthPin);
    return seen + terminal.Send("802A0097013100");
  }

  std::string path_;
  std::string old_;
};

TEST_F(Renewal, SurvivesAKillAfterEachStep) {
  const PrivateKey key = TestKey(RSA_2048, 0);
  EXPECT_EQ(Step("0017", "0047000008AC0680010783011700"), ToHex(*key.PublicKeyTemplate()) + "9000");
  EXPECT_EQ(Presented(), old_);
  EXPECT_EQ(Step("0017", "002A0080013100"), ToHex(*key.Sign(Bytes{0x31})) + "9000");
  EXPECT_EQ(Presented(), old_);
  const Bytes certificate = SelfSigned(key, "renewed");
  for (std::size_t offset = 0; offset < certificate.size(); offset += 239) {
    const ByteView block =
        ByteView(certificate)
            .subspan(offset, std::min<std::size_t>(239, certificate.size() - offset));
    EXPECT_EQ(Step("000A", absl::StrFormat("00D6%04X%02X%s", offset, block.size(), ToHex(block))),
              "9000");
    EXPECT_EQ(Presented(), old_);
  }
  EXPECT_EQ(Step("000A", "00440000"), "9000");
  EXPECT_EQ(Presented(), ToHex(certificate) + "9000" + ToHex(*key.Sign(Bytes{0x31})) + "9000");
  EXPECT_EQ(Step("000A", "00440000"), "6985");
}

TEST_F(Renewal, CanBeDropped) {
  EXPECT_EQ(Step("0017", "0047000008AC0680010783011700").size(), 2 * (270 + 2u));
  EXPECT_EQ(Step("000A", "00D6000003308201"), "9000");
  EXPECT_EQ(Step("000A", "00040000"), "9000");
  EXPECT_EQ(Presented(), old_);
  EXPECT_EQ(Step("0017", "002A0080013100"), "6A88");
}

}  // namespace
}  // namespace jpkid::hal::sim
