#include "hal/sim/vpcd_link.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "base/steady_time.h"
#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

// The reader's end, as vpcd is: a listening socket, one connection, length and content sent apart.
// One thread drives both ends.
class VpcdLinkTest : public testing::Test {
 public:
  ~VpcdLinkTest() override { unlink(path_.c_str()); }

 protected:
  VpcdLinkTest() : path_(absl::StrCat(testing::TempDir(), "/vpcd-link-", getpid())) {
    EXPECT_TRUE(CardStore::Create(path_, MakeCardImage(TestOrder()).value()).ok());
    card_ = CardAtReader::Open(path_, keys_, {}).value();
    listener_ = UniqueFd(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address = VpcdLink::ParseAddress("127.0.0.1:1").value();
    address.sin_port = 0;
    EXPECT_EQ(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_.get(), 1), 0);
    socklen_t size = sizeof(address);
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    link_ = std::make_unique<VpcdLink>(address, *card_,
                                       [this](bool attached) { told_.push_back(attached); });
  }

  // Lets the link do what is due until `fd` can be read, or for at most `time`.
  bool RunUntilReadable(int fd, absl::Duration time) {
    const absl::Time end = SteadyNow() + time;
    while (SteadyNow() < end) {
      pollfd polled[2] = {{.fd = fd, .events = POLLIN, .revents = 0},
                          {.fd = link_->fd(), .events = link_->events(), .revents = 0}};
      const absl::Duration left = std::min(end, link_->wake_at()) - SteadyNow();
      poll(polled, 2, std::max(0, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1));
      if (polled[0].revents != 0) return true;
      link_->Step(polled[1].revents);
    }
    return false;
  }

  // The link connects within `time`.
  void Accept(absl::Duration time = absl::Seconds(5)) {
    ASSERT_TRUE(RunUntilReadable(listener_.get(), time));
    reader_ = UniqueFd(accept(listener_.get(), nullptr, nullptr));
    ASSERT_TRUE(reader_.valid());
  }

  void SendToCard(absl::string_view hex) {
    const Bytes message = *FromHex(hex);
    const Bytes length = {0, static_cast<std::uint8_t>(message.size())};
    ASSERT_EQ(send(reader_.get(), length.data(), 2, 0), 2);
    ASSERT_EQ(send(reader_.get(), message.data(), message.size(), 0),
              static_cast<ssize_t>(message.size()));
  }

  // What comes from the card with one recv, length included; empty if it hung up, "-" for nothing.
  std::string FromCard(absl::Duration time = absl::Seconds(5)) {
    if (!RunUntilReadable(reader_.get(), time)) return "-";
    std::uint8_t block[1024];
    const ssize_t got = recv(reader_.get(), block, sizeof(block), 0);
    return got <= 0 ? "" : ToHex(ByteView(block, static_cast<std::size_t>(got)));
  }
  std::string Ask(absl::string_view hex) {
    SendToCard(hex);
    return FromCard();
  }

  void PowerUp() {
    SendToCard("01");
    EXPECT_EQ(Ask("04"), "00093BE000FF8131FE4514");
  }

  const std::string path_;
  TestKeySource keys_;
  std::unique_ptr<CardAtReader> card_;
  UniqueFd listener_;
  UniqueFd reader_;
  std::unique_ptr<VpcdLink> link_;
  std::vector<bool> told_;
};

TEST_F(VpcdLinkTest, ReadsAddresses) {
  const absl::StatusOr<sockaddr_in> address = VpcdLink::ParseAddress("127.0.0.1:35963");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(ntohs(address->sin_port), 35963);
  for (const char* wrong : {"", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "localhost:1"}) {
    EXPECT_FALSE(VpcdLink::ParseAddress(wrong).ok()) << wrong;
  }
}

TEST_F(VpcdLinkTest, IsMetOnceItIsPoweredUp) {
  Accept();
  EXPECT_EQ(Ask("04"), "00093BE000FF8131FE4514");
  EXPECT_FALSE(link_->attached());
  PowerUp();
  EXPECT_TRUE(link_->attached());
  EXPECT_EQ(told_, std::vector<bool>{true});
}

TEST_F(VpcdLinkTest, AnswersCommandsAndControlCodes) {
  Accept();
  PowerUp();
  EXPECT_EQ(Ask(kSelectJpki), "00029000");
  EXPECT_EQ(Ask("07"), "00026700");  // No control code: an APDU of one octet.
  SendToCard("02");                  // A warm reset: the selection survives it.
  EXPECT_EQ(Ask("00A4020C020018"), "00029000");
  SendToCard("00");
  EXPECT_EQ(Ask("04"), "00093BE000FF8131FE4514");
  EXPECT_FALSE(card_->card().powered());
}

TEST_F(VpcdLinkTest, TornOutHangsUpAndStaysAway) {
  Accept();
  PowerUp();
  ASSERT_TRUE(card_->AddFaults("faults { tear_out {} }").ok());
  EXPECT_EQ(Ask(kSelectJpki), "");
  EXPECT_EQ(told_, (std::vector<bool>{true, false}));
  EXPECT_FALSE(link_->inserted());
  EXPECT_FALSE(RunUntilReadable(listener_.get(), absl::Milliseconds(700)));
  EXPECT_FALSE(link_->Remove().ok());
  {
    const auto elsewhere = CardStore::Load(path_).value();
    EXPECT_TRUE(absl::IsUnavailable(link_->Insert("")));
    EXPECT_FALSE(link_->inserted());
  }
  ASSERT_TRUE(link_->Insert("").ok());
  Accept();
}

TEST_F(VpcdLinkTest, ReconnectsAfterHalfASecond) {
  Accept();
  PowerUp();
  reader_ = UniqueFd();
  const absl::Time start = SteadyNow();
  Accept();
  EXPECT_FALSE(CardStore::Load(path_).ok());  // All the while it was this reader's.
  EXPECT_GE(SteadyNow() - start, absl::Milliseconds(500));
  PowerUp();
  EXPECT_EQ(told_, (std::vector<bool>{true, false, true}));
}

TEST_F(VpcdLinkTest, LeavesABlindReader) {
  Accept();
  EXPECT_EQ(Ask("04"), "00093BE000FF8131FE4514");
  const absl::Time start = SteadyNow();
  EXPECT_EQ(FromCard(), "");
  EXPECT_GE(SteadyNow() - start, absl::Milliseconds(1500));
  Accept();
}

TEST_F(VpcdLinkTest, SlowAnswerIsNotWaitedForByOthers) {
  Accept();
  PowerUp();
  ASSERT_TRUE(card_->AddFaults("faults { slow { by_ms: 200 } } faults { hang {} }").ok());
  SendToCard(kSelectJpki);
  EXPECT_EQ(FromCard(absl::Milliseconds(100)), "-");
  EXPECT_EQ(FromCard(), "00029000");
  SendToCard(kSelectJpki);
  EXPECT_EQ(FromCard(absl::Milliseconds(100)), "-");
  ASSERT_TRUE(link_->Remove().ok());
  EXPECT_EQ(FromCard(), "");
}

}  // namespace
}  // namespace jpkid::hal::sim
