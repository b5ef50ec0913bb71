#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"

#include "daemon/ca/test_ca.h"
#include "daemon/card/card.h"
#include "daemon/events/events.h"
#include "daemon/runner/runner.h"
#include "daemon/session/session.h"
#include "hal/sim/sim_readers.h"
#include "hal/sim/test_keys.h"
#include "tests/contract/store_contract.h"

// What two daemons on one store promise each other's citizens. A test program instantiates the
// suite with its databases, as those of store_contract.h.
namespace jpkid {

// A daemon with a reader, without gRPC. Its store's clock is the authority's.
class DaemonAtCounter {
 public:
  static constexpr char kReader[] = "Simulated 00";
  static constexpr char kAlias[] = "simulated-00";

  // What daemons share. All outlive them.
  struct World {
    std::string url;
    std::string key_file;
    ca::TestCa& authority;
    hal::sim::TestKeySource& keys;
    const card::IssuerKeys& issuer_keys;
  };

  // Signs that it is alive, and looks for what others left, each `heartbeat`; of an infinite one:
  // once, when it starts.
  DaemonAtCounter(const World& world, const std::string& owner, absl::Duration heartbeat);
  ~DaemonAtCounter();

  void Insert(const std::string& card);
  void Remove();

  store::Store& store() { return *store_; }
  runner::Runner& runner() { return *runner_; }
  // An issue for the case, or for nobody's.
  absl::StatusOr<store::OperationRecord> Issue(const std::string& request_id,
                                               const std::string& case_id = "");
  // The operation as soon as `done` of it, whoever works on it.
  store::OperationRecord Await(const std::string& id,
                               absl::FunctionRef<bool(const store::OperationRecord&)> done);
  // Once it waits for somebody, or has ended.
  store::OperationRecord Settled(const std::string& id);
  // Types the PINs that are asked for until the operation has ended.
  store::OperationRecord ServeToEnd(const std::string& id);

 private:
  void TypePins(const store::OperationRecord& record);

  events::Feed feed_;
  std::shared_ptr<hal::sim::SimReaders> readers_;
  std::unique_ptr<session::Sessions> sessions_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<runner::Runner> runner_;
};

// Two daemons and one citizen's card.
class TakeoverContract : public testing::TestWithParam<store::DatabaseUnderTest> {
 public:
  ~TakeoverContract() override;

 protected:
  TakeoverContract();

  std::unique_ptr<DaemonAtCounter> Open(const std::string& owner, absl::Duration heartbeat);
  // READY, written by `daemon`.
  void CreateCase(DaemonAtCounter& daemon, const std::string& id);
  // The other daemon has not been heard of for long enough.
  void FallSilent() { authority_.clock().Advance(absl::Seconds(61)); }

  const std::string directory_;
  const std::string card_;  // A file: a card as delivered.
  ca::TestCa authority_;
  hal::sim::TestKeySource keys_;
  const std::unique_ptr<card::IssuerKeys> issuer_keys_;
  const std::string url_;
};

}  // namespace jpkid
