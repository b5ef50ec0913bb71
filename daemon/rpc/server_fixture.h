#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "base/steady_time.h"
#include "daemon/rpc/rpc.h"
#include "daemon/rpc/status.h"
#include "daemon/rpc/test_endpoint.h"
#include "hal/open_readers.h"

// What the tests of the whole server share.
namespace jpkid::rpc {

// The training authority's directory, for all tests of a program: its keys take long to make.
inline const std::string& CaDirectory() {
  static const TestDirectory directory;
  return directory.path();
}

// A daemon in this process, all of it real: a simulated card as delivered on reader "sim-0", the
// training authority, SQLite, the API on a Unix socket. The card has no PINs yet.
class ServerTest : public testing::Test {
 protected:
  ServerTest() : ServerTest(AllRoles()) {}
  explicit ServerTest(std::vector<std::string> roles) {
    server_ = Server::Start({.sessions = *sessions_,
                             .store = *store_,
                             .runner = *runner_,
                             .desk = *desk_,
                             .feed = feed_,
                             .authority = *authority_,
                             .issuer_keys = *issuer_keys_},
                            {.socket_path = socket_path_,
                             .grants = {{.uid = geteuid(), .roles = std::move(roles)}}})
                  .value();
  }
  ~ServerTest() override { Stop(); }

  void Stop() {
    if (server_ == nullptr) return;
    server_->Refuse();
    runner_->Stop(SteadyNow() + absl::Seconds(20));
    sessions_->Stop();
    server_->Stop(SteadyNow() + absl::Seconds(20));
    server_ = nullptr;
  }

  // A connection of its own.
  std::shared_ptr<grpc::Channel> Connect() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("unix:" + socket_path_, grpc::InsecureChannelCredentials(),
                                     arguments);
  }

  // The code of the catalogue that a call failed with; "" where it did not.
  static std::string CodeOf(const grpc::Status& status) {
    if (status.ok()) return "";
    google::rpc::Status model;
    model.ParseFromString(status.error_details());
    return std::string(Row(FailureOf(FromErrorModel(model)).reason).code);
  }

  const TestDirectory directory_;
  const std::string socket_path_ = directory_.path() + "/jpkid.sock";
  SystemClock clock_;
  events::Feed feed_;
  const std::shared_ptr<hal::Readers> readers_ =
      hal::OpenReaders(hal::SimReadersOptions{.slots = {{.name = "Simulated Reader 0",
                                                         .card = directory_.path() + "/card.bin",
                                                         .create_card = true}}})
          .value();
  const std::unique_ptr<ca::CertificateAuthority> authority_ =
      ca::OpenTrainingCa(CaDirectory(), clock_).value();
  const std::unique_ptr<card::IssuerKeys> issuer_keys_ =
      card::FromMasterKey(hal::TrainingIssuerMasterKey()).value();
  const std::unique_ptr<store::Store> store_ = OpenTestStore(directory_, clock_);
  const rules::Municipalities municipalities_ = rules::Municipalities::Load("").value();
  const std::unique_ptr<desk::CaseDesk> desk_ =
      desk::CaseDesk::Create({.cases = *store_, .municipalities = municipalities_, .clock = clock_},
                             {})
          .value();
  const std::unique_ptr<session::Sessions> sessions_ = session::Sessions::Create(
      // A pause of the machine's is no pause between two turns.
      readers_, {.aliases = {{.alias = "sim-0", .driver_name = "Simulated Reader 0"}},
                 .idle_before_close = absl::Seconds(20)});
  const std::unique_ptr<runner::Runner> runner_ = runner::Runner::Create(
      {.store = *store_,
       .sessions = *sessions_,
       .authority = *authority_,
       .issuer_keys = *issuer_keys_,
       .feed = feed_,
       .clock = clock_},
      {.residence = {.prefecture = "Kunren-ken", .municipality = "Kunren-shi"}});
  std::unique_ptr<Server> server_;
};

}  // namespace jpkid::rpc
