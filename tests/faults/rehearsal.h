#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/ca/test_ca.h"
#include "daemon/card/card.h"
#include "daemon/events/events.h"
#include "daemon/runner/runner.h"
#include "hal/sim/sim_readers.h"
#include "hal/sim/test_keys.h"
#include "tests/faults/fault_point.h"
#include "tests/faults/faulty_authority.h"
#include "tests/faults/faulty_readers.h"
#include "tests/faults/faulty_store.h"
#include "tests/faults/scenario.h"

namespace jpkid::faults {

// Card and authority as a rehearsal begins.
struct Opening {
  std::string directory;  // card.bin
  std::string authority;  // Its directory, closed.
  std::vector<FaultyAuthority::Issued> issued;
};

// How a rehearsal ended.
struct Verdict {
  bool ended = false;
  bool succeeded = false;
  bool lost = false;     // The card or the authority's book is not what it must be.
  bool doubled = false;  // Two good certificates of a kind, or a VERIFY sent twice.
  std::string what;      // Of anything but a recovery.
  std::string step;      // Where the fault struck.

  bool recovered() const { return ended && !lost && !doubled && what.empty(); }
};

// One procedure in one process, with one thing going wrong: a whole daemon without its API, a
// simulated card, the training authority, and a clerk who types PINs and puts the card back. Used
// by one thread.
class Rehearsal {
 public:
  // `name` is unique among the rehearsals of this process; `opening` outlives it. Works under
  // testing::TempDir().
  Rehearsal(Scenario scenario, const Opening& opening, const std::string& name);
  ~Rehearsal();

  Verdict Run(const std::optional<FaultPoint>& point);

  const Trap& trap() const { return trap_; }
  // Keeps card and authority as they are now.
  Opening KeepAs(const std::string& directory);

 private:
  store::Store::Options StoreOptions() const;
  void StartDaemon();
  void ClearDaemon();
  void Arm(const FaultPoint& point);
  void KeepStore();
  void LetAnotherHaveTheReader();
  void LetTheClerkCancel();
  void PutStoreBack();
  std::optional<store::OperationRecord> Serve(Verdict& verdict);
  void ServeInput(const store::OperationRecord& record);
  void PutCardBack();
  void Ring();
  bool WaitForBell(int heard);
  int heard();

  // judge.cc
  bool MayFail(const store::OperationRecord& record, const Verdict& verdict) const;
  bool MayBeLeftPending(const Verdict& verdict) const;
  void Judge(const store::OperationRecord& record, Verdict& verdict);
  void JudgeKind(certs::Kind kind, const store::OperationRecord& record, Verdict& verdict);
  void JudgeFailure(const store::OperationRecord& record, Verdict& verdict) const;
  void JudgeStory(const store::OperationRecord& record, Verdict& verdict);
  void JudgeFiles(Verdict& verdict);

  const Scenario scenario_;
  const Opening& opening_;
  const std::string directory_;
  ca::TestCa authority_;
  hal::sim::TestKeySource keys_;
  const std::unique_ptr<card::IssuerKeys> issuer_keys_;
  events::Feed feed_;
  Trap trap_;
  std::unique_ptr<FaultyAuthority> faulty_authority_;
  std::shared_ptr<hal::sim::SimReaders> cards_;
  std::shared_ptr<FaultyReaders> readers_;
  absl::Duration card_job_ = absl::Seconds(60);
  std::optional<FaultPoint> point_;
  int pins_given_ = 0;
  std::atomic<bool> wrong_pins_ = false;
  std::thread another_;
  std::atomic<bool> another_waits_in_vain_ = false;
  bool put_back_ = false;  // The store, from a backup.
  bool in_force_ = false;  // New certificates, as a store knew that was then put back.
  std::string served_;     // The input that was served last.

  std::unique_ptr<store::Store> real_store_;
  std::unique_ptr<FaultyStore> store_;
  std::unique_ptr<session::Sessions> sessions_;
  std::unique_ptr<runner::Runner> runner_;

  Mutex bell_mutex_;
  CondVar bell_;
  int rung_ ABSL_GUARDED_BY(bell_mutex_) = 0;
};

}  // namespace jpkid::faults
