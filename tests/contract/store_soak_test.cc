// Many cases through two daemons on one PostgreSQL, one of them killed again and again: every case
// ends once.

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <random>

#include "absl/time/clock.h"
#include <gtest/gtest.h>
#include <soci/soci.h>

#include "base/clock.h"
#include "base/file.h"
#include "daemon/sql/sql.h"
#include "daemon/store/store.h"
#include "tests/contract/postgresql_server.h"
#include "tests/contract/soak_daemon.h"

namespace jpkid {
namespace {

constexpr int kEndMilliseconds = 240'000;

// A daemon of the soak in a process of its own.
class Process {
 public:
  void Start(const SoakOptions& options) {
    pid_ = fork();
    if (pid_ == 0) _exit(RunSoakDaemon(options) ? 0 : 1);
    ASSERT_GT(pid_, 0);
    end_ = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  }
  // Whether it ends within that time.
  bool EndsWithin(int milliseconds) {
    pollfd waited = {end_.get(), POLLIN, 0};
    return poll(&waited, 1, milliseconds) == 1;
  }
  void Kill() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  int ExitCode() {
    int status = -1;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  UniqueFd end_;
};

int CountActs(const store::CaseRecord& record, const std::string& act) {
  return static_cast<int>(
      std::count_if(record.history().begin(), record.history().end(),
                    [&](const store::CaseAct& one) { return one.act() == act; }));
}

class StoreSoak : public testing::Test {
 protected:
  StoreSoak() : directory_(testing::TempDir() + "/soak-" + std::to_string(getpid())) {
    std::filesystem::create_directories(directory_);
  }
  ~StoreSoak() override { std::filesystem::remove_all(directory_); }

  // `kills` times, a random one of two daemons is killed at a random moment and started again.
  void RunThrough(int cases, int kills, int longest_life_ms) {
    const std::string key = directory_ + "/holder.key";
    const SoakOptions options[] = {
        {.url = url_, .key_file = key, .owner = "one", .cases = cases},
        {.url = url_, .key_file = key, .owner = "two", .cases = cases, .backwards = true}};
    ASSERT_TRUE(OpenStore().ok());  // The key is there before both look for it.
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::array<Process, 2> daemons;
    for (std::size_t i : {0u, 1u}) daemons[i].Start(options[i]);
    int killed = 0;
    for (; killed < kills; ++killed) {
      const std::size_t victim = random() % 2;
      // The first one is short: a quick machine has done all before a long life ends.
      const int longest = killed == 0 ? longest_life_ms / 10 : longest_life_ms;
      const int life = static_cast<int>(random() % static_cast<unsigned>(longest));
      if (daemons[victim].EndsWithin(life)) break;  // All is done already.
      daemons[victim].Kill();
      daemons[victim].Start(options[victim]);
    }
    for (Process& daemon : daemons) {
      ASSERT_TRUE(daemon.EndsWithin(kEndMilliseconds));
      EXPECT_EQ(daemon.ExitCode(), 0);
    }
    RecordProperty("killed", killed);
    EXPECT_GT(killed, 0);
    ExpectEachEndedOnce(cases);
  }

 private:
  absl::StatusOr<std::unique_ptr<store::Store>> OpenStore() {
    return store::Store::Open(
        {.url = url_, .key_file = directory_ + "/holder.key", .owner = "looks"}, clock_);
  }

  void ExpectEachEndedOnce(int cases) {
    const auto store = OpenStore().value();
    const store::CasePage page = store->ListCases({}, 1000, "").value();
    ASSERT_EQ(static_cast<int>(page.cases.size()), cases);
    std::map<std::string, int> succeeded;
    std::string token;
    do {
      const store::Page operations = store->List(1000, token, false).value();
      for (const store::OperationRecord& operation : operations.operations) {
        if (operation.state() == store::OperationRecord::SUCCEEDED)
          ++succeeded[operation.case_id()];
        EXPECT_NE(operation.state(), store::OperationRecord::STATE_UNSPECIFIED) << operation.id();
      }
      token = operations.next_token;
    } while (!token.empty());
    for (const store::CaseRecord& record : page.cases) {
      EXPECT_EQ(record.state(), store::CaseRecord::COMPLETED) << record.DebugString();
      EXPECT_EQ(succeeded[record.id()], 1) << record.DebugString();
      EXPECT_EQ(CountActs(record, "create"), 1);
      EXPECT_EQ(CountActs(record, "complete"), 1);
      EXPECT_EQ(CountActs(record, "run"), 1 + CountActs(record, "fail")) << record.DebugString();
    }
  }

  const std::string directory_;
  const std::string url_ = SharedPostgresql().NewDatabase();
  SystemClock clock_;
};

TEST_F(StoreSoak, AHundredCases) { RunThrough(100, 6, 600); }

TEST_F(StoreSoak, AThousandCases) { RunThrough(1000, 30, 2000); }

}  // namespace
}  // namespace jpkid
