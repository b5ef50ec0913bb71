#include "daemon/rpc/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

#include <gtest/gtest.h>

namespace jpkid::rpc {
namespace {

class ListenerTest : public testing::Test {
 protected:
  ListenerTest() {
    char name[] = "/tmp/listener-XXXXXX";
    directory_ = mkdtemp(name);
    path_ = directory_ + "/s";
  }
  ~ListenerTest() override { std::filesystem::remove_all(directory_); }

  absl::StatusOr<std::unique_ptr<Listener>> Start(unsigned mode = 0600) {
    return Listener::Start(path_, mode,
                           [this](UniqueFd fd) { accepted_.set_value(std::move(fd)); });
  }

  UniqueFd Connect() {
    UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, path_.size());
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    return connect(fd.get(), generic, sizeof address) == 0 ? std::move(fd) : UniqueFd();
  }

  unsigned ModeOfSocket() {
    struct stat status = {};
    EXPECT_EQ(stat(path_.c_str(), &status), 0);
    return status.st_mode & 07777;
  }

  std::string directory_;
  std::string path_;
  std::promise<UniqueFd> accepted_;
};

TEST_F(ListenerTest, AClientIsAccepted) {
  const auto listener = Start().value();
  const UniqueFd client = Connect();
  ASSERT_TRUE(client.valid());
  ASSERT_EQ(write(client.get(), "x", 1), 1);
  auto accepted = accepted_.get_future();
  ASSERT_EQ(accepted.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_TRUE(accepted.get().valid());
}

TEST_F(ListenerTest, TheSocketHasTheModeAskedForWhateverTheUmask) {
  const mode_t before = umask(077);
  const auto listener = Start(0666).value();
  umask(before);
  EXPECT_EQ(ModeOfSocket(), 0666u);
}

TEST_F(ListenerTest, AtItsEndTheSocketIsGone) {
  auto listener = Start().value();
  EXPECT_EQ(ModeOfSocket(), 0600u);
  listener->Stop();
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_FALSE(Connect().valid());
}

TEST_F(ListenerTest, ASocketThatNobodyServesIsReplaced) {
  {
    UniqueFd dead(socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, path_.size());
    ASSERT_EQ(bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  const auto listener = Start();
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE(Connect().valid());
}

TEST_F(ListenerTest, ALivingDaemonIsNotPushedAside) {
  // It is called by the second one, which tries whether it lives, and by the test.
  const auto living = Listener::Start(path_, 0600, [](UniqueFd) {}).value();
  const absl::Status second = Listener::Start(path_, 0600, [](UniqueFd) {}).status();
  EXPECT_EQ(second, absl::AlreadyExistsError("another daemon serves at " + path_));
  EXPECT_TRUE(Connect().valid());
}

TEST_F(ListenerTest, AFileThatIsNoSocketStays) {
  std::ofstream(path_) << "precious";
  EXPECT_EQ(Start().status(), absl::AlreadyExistsError(path_ + " exists and is no socket"));
  EXPECT_EQ(std::filesystem::file_size(path_), 8u);
}

TEST_F(ListenerTest, APathThatDoesNotFitIsRefused) {
  path_ = directory_ + "/" + std::string(108, 'x');
  EXPECT_EQ(Start().status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace jpkid::rpc
