#include <atomic>
#include <memory>
#include <string>

#include <gmock/gmock.h>

#include "base/mutex.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rpc/health_board.h"
#include "daemon/rpc/health_watcher.h"
#include "daemon/rpc/server_fixture.h"
#include "jpki/v1/maintenance_service.grpc.pb.h"

// What operators ask for, and what they watch.
namespace jpkid::rpc {
namespace {

using jpki::v1::BackUpStoreRequest;
using jpki::v1::BackUpStoreResponse;
using jpki::v1::MaintenanceService;
using ::testing::StartsWith;

// The backup in one piece.
grpc::Status BackUp(const std::shared_ptr<grpc::Channel>& channel, std::string& content) {
  grpc::ClientContext context;
  const auto stub = MaintenanceService::NewStub(channel);
  const auto reader = stub->BackUpStore(&context, BackUpStoreRequest());
  std::int64_t total = 0;
  for (BackUpStoreResponse piece; reader->Read(&piece);) {
    content += piece.content();
    total = piece.total_octets();
  }
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(static_cast<std::int64_t>(content.size()), total);
  return status;
}

class MaintenanceTest : public ServerTest {};

TEST_F(MaintenanceTest, ABackupIsADatabaseAndHasSeveralPieces) {
  store::OperationRecord record;
  record.set_id("a");
  record.set_creator("uid:1");
  record.set_request_id("r1");
  ASSERT_TRUE(store_->Create(record, {}, Bytes(600 * 1024, 0x55)).ok());
  std::string content;
  const grpc::Status status = BackUp(Connect(), content);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(content, StartsWith("SQLite format 3"));
  EXPECT_GT(content.size(), 600U * 1024);
}

class ClerkTest : public ServerTest {
 protected:
  ClerkTest() : ServerTest({"clerk", "observer"}) {}
};

TEST_F(ClerkTest, BackupsAreForOperators) {
  std::string content;
  EXPECT_EQ(CodeOf(BackUp(Connect(), content)), "ROLE_MISSING");
  EXPECT_EQ(content, "");
}

// An authority that answers or not, as it is told.
class MoodyAuthority final : public ca::CertificateAuthority {
 public:
  absl::StatusOr<ca::Answer> Submit(const ca::IssueRequest&) override { return Silence(); }
  absl::StatusOr<ca::Answer> Poll(absl::string_view) override { return Silence(); }
  absl::Status Confirm(absl::string_view) override { return Silence(); }
  absl::Status Revoke(certs::Kind, absl::string_view, ca::RevocationReason) override {
    return Silence();
  }
  absl::StatusOr<ca::BookEntry> StatusOf(certs::Kind, absl::string_view) override {
    return Silence();
  }
  absl::StatusOr<Bytes> Crl(certs::Kind) override { return Silence(); }
  bool training() const override { return true; }
  std::string name() const override { return "moody"; }
  ca::Circuit circuit() const override { return circuit_; }

  std::atomic<ca::Circuit> circuit_ = ca::Circuit::kClosed;

 private:
  static absl::Status Silence() { return Fail(Reason::kCaUnavailable, {{"detail", "a test"}}); }
};

class AuthorityHealthTest : public ServerTest {
 protected:
  // Waits until the board says so.
  bool Becomes(bool works) {
    Mutex mutex;
    CondVar changed;
    const auto guard = board_->Subscribe([&] {
      const MutexLock lock(mutex);
      changed.NotifyAll();
    });
    const absl::Time deadline = SteadyNow() + absl::Seconds(20);
    const MutexLock lock(mutex);
    while (board_->Works("ca/moody") != works) {
      if (!changed.WaitUntil(mutex, deadline)) return false;
    }
    return true;
  }

  MoodyAuthority authority_;
  const std::shared_ptr<HealthBoard> board_ = std::make_shared<HealthBoard>();
};

TEST_F(AuthorityHealthTest, ItsNameFollowsTheCircuit) {
  HealthWatcher watcher(*sessions_, *store_, authority_, *board_);
  EXPECT_EQ(board_->Works("ca/moody"), true);
  authority_.circuit_ = ca::Circuit::kOpen;
  EXPECT_TRUE(Becomes(false));
  authority_.circuit_ = ca::Circuit::kHalfOpen;
  EXPECT_EQ(board_->Works("ca/moody"), false) << "nothing was heard of it yet";
  authority_.circuit_ = ca::Circuit::kClosed;
  EXPECT_TRUE(Becomes(true));
  sessions_->Stop();
}

}  // namespace
}  // namespace jpkid::rpc
