#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/steady_time.h"
#include "daemon/rpc/endpoint.h"
#include "daemon/rpc/guard.h"
#include "daemon/rpc/listener.h"
#include "daemon/rpc/peers.h"
#include "daemon/rpc/services.h"

// What the tests of this room share.
namespace jpkid::rpc {

// A directory of its own, gone with it. Short: a socket's path has at most 107 octets.
class TestDirectory {
 public:
  TestDirectory() {
    char name[] = "/tmp/jpkid-rpc-XXXXXX";
    path_ = mkdtemp(name);
  }
  TestDirectory(const TestDirectory&) = delete;
  ~TestDirectory() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};
inline std::unique_ptr<store::Store> OpenTestStore(const TestDirectory& directory, Clock& clock) {
  return store::Store::Open({.url = "sqlite:" + directory.path() + "/jpkid.db",
                             .key_file = directory.path() + "/holder.key",
                             .owner = "test"},
                            clock)
      .value();
}

// The way of a call, real from socket to handler: what the tests bind to `registry` answers.
class TestEndpoint {
 public:
  // Callers are "test:clerk" and hold the role of clerks and observers.
  explicit TestEndpoint(Endpoint::Limits limits = {},
                        WorkPool::Options card_pool = {.name = "card", .most_threads = 8})
      : card_pool_(std::move(card_pool)), endpoint_(Endpoint::Create(limits).value()) {
    roles_.Grant(TestCaller{"clerk"}, jpki::v1::ROLE_CLERK);
    roles_.Grant(TestCaller{"clerk"}, jpki::v1::ROLE_OBSERVER);
  }
  ~TestEndpoint() { Stop(); }

  void Start() {
    endpoint_->Start([this](const std::shared_ptr<Call>& call) { guard_.Handle(call); });
    listener_ = Listener::Start(path(), 0600, [this](UniqueFd fd) {
                  endpoint_->Serve(peers_.Admit(std::move(fd)).value());
                }).value();
  }

  void Stop() {
    if (listener_ != nullptr) listener_->Stop();
    endpoint_->Stop(SteadyNow());
  }

  std::string path() const { return directory_.path() + "/s"; }

  // A connection of its own.
  std::shared_ptr<grpc::Channel> Connect() const {
    grpc::ChannelArguments own;
    own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("unix:" + path(), grpc::InsecureChannelCredentials(), own);
  }

  Registry& registry() { return registry_; }
  Streams& streams() { return streams_; }
  Guard& guard() { return guard_; }
  CompletionLoop& loop() { return endpoint_->loop(); }
  // Who calls from now on. Set before the call begins.
  void SetCaller(std::optional<Caller> caller) {
    const MutexLock lock(mutex_);
    caller_ = std::move(caller);
  }
  std::optional<Caller> caller() {
    const MutexLock lock(mutex_);
    return caller_;
  }

 private:
  const TestDirectory directory_;
  SystemClock clock_;
  const std::unique_ptr<store::Store> store_ = OpenTestStore(directory_, clock_);
  Registry registry_{ApiServices(), StandardServices()};
  Roles roles_;
  Mutex mutex_;
  std::optional<Caller> caller_ ABSL_GUARDED_BY(mutex_) = TestCaller{"clerk"};
  Peers peers_{Peers::RangeOfProcess(2048)};
  Repeats repeats_{*store_};
  WorkPool store_pool_{{.name = "store", .most_threads = 2}};
  WorkPool card_pool_;
  const std::unique_ptr<Endpoint> endpoint_;
  Streams streams_{endpoint_->loop()};
  Guard guard_{{.methods = registry_,
                .roles = roles_,
                .caller_of = [this](absl::string_view) { return caller(); },
                .repeats = repeats_,
                .streams = streams_,
                .store_pool = store_pool_,
                .card_pool = card_pool_,
                .environment = "training"}};
  std::unique_ptr<Listener> listener_;
};

}  // namespace jpkid::rpc
