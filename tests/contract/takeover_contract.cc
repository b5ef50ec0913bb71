#include "tests/contract/takeover_contract.h"

#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"

#include "base/mutex.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "hal/sim/card_store.h"
#include "hal/sim/test_card.h"

namespace jpkid {
namespace {

using store::OperationRecord;

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr absl::Duration kNeverAgain = absl::InfiniteDuration();
constexpr absl::Duration kOften = absl::Milliseconds(20);

bool Ended(const OperationRecord& record) { return record.end_time_us() != 0; }

}  // namespace

DaemonAtCounter::DaemonAtCounter(const World& world, const std::string& owner,
                                 absl::Duration heartbeat) {
  readers_ = hal::sim::SimReaders::Create({.slots = {{.name = kReader}}, .key_source = &world.keys})
                 .value();
  session::Options options;
  options.look_every = absl::Milliseconds(10);
  sessions_ = session::Sessions::Create(readers_, std::move(options));
  store_ = store::Store::Open({.url = world.url, .key_file = world.key_file, .owner = owner},
                              world.authority.clock())
               .value();
  runner_ =
      runner::Runner::Create({.store = *store_,
                              .sessions = *sessions_,
                              .authority = *world.authority,
                              .issuer_keys = world.issuer_keys,
                              .feed = feed_,
                              .clock = world.authority.clock()},
                             {.heartbeat = heartbeat,
                              .residence = {.prefecture = "Hyogo-ken", .municipality = "Sanda-shi"},
                              .suspended = {}});
  EXPECT_EQ(runner_->Resume(), absl::OkStatus());
}

DaemonAtCounter::~DaemonAtCounter() {
  runner_->Stop(SteadyNow() + kPatience);
  sessions_->Stop();
}

void DaemonAtCounter::Insert(const std::string& card) {
  ASSERT_EQ(readers_->Insert(kReader, card), absl::OkStatus());
}

void DaemonAtCounter::Remove() { ASSERT_EQ(readers_->Remove(kReader), absl::OkStatus()); }

absl::StatusOr<OperationRecord> DaemonAtCounter::Issue(const std::string& request_id,
                                                       const std::string& case_id) {
  return runner_->Begin({.request_id = request_id,
                         .creator = "test",
                         .reader = kAlias,
                         .kinds = {certs::Kind::kAuth},
                         .case_id = case_id});
}

OperationRecord DaemonAtCounter::Await(const std::string& id,
                                       absl::FunctionRef<bool(const OperationRecord&)> done) {
  Mutex mutex;
  CondVar changed;
  const std::shared_ptr<void> ear = feed_.Subscribe(id, [&] {
    const MutexLock lock(mutex);
    changed.NotifyAll();
  });
  const absl::Time deadline = SteadyNow() + kPatience;
  while (true) {
    const OperationRecord record = store_->Get(id).value();
    if (done(record)) return record;
    if (SteadyNow() > deadline) {
      ADD_FAILURE() << "nothing happened any more: " << record.ShortDebugString();
      return record;
    }
    const MutexLock lock(mutex);
    changed.WaitUntil(mutex, SteadyNow() + kOften);  // Nobody tells what another daemon writes.
  }
}

OperationRecord DaemonAtCounter::Settled(const std::string& id) {
  return Await(
      id, [](const OperationRecord& record) { return Ended(record) || record.inputs_size() > 0; });
}

OperationRecord DaemonAtCounter::ServeToEnd(const std::string& id) {
  return Await(id, [this](const OperationRecord& record) {
    TypePins(record);
    return Ended(record);
  });
}

// Refused where it was given already, and where it is another daemon's.
void DaemonAtCounter::TypePins(const OperationRecord& record) {
  for (const events::AwaitedInput& input : record.inputs()) {
    if (input.pin_kind().empty()) continue;
    (void)runner_
        ->Provide(record.id(), input.input_id(),
                  runner::PinGiven{.kind = certs::Kind::kAuth,
                                   .card_serial = input.card_serial(),
                                   .pin = hal::sim::SecretOf("4711")})
        .status();
  }
}

TakeoverContract::TakeoverContract()
    : directory_(absl::StrCat(testing::TempDir(), "takeover.", GetParam().name, ".", getpid())),
      card_(directory_ + "/card.bin"),
      authority_(absl::StrCat("takeover.", getpid())),
      issuer_keys_(card::FromMasterKey(hal::sim::TestMasterKey()).value()),
      url_((std::filesystem::remove_all(directory_),
            std::filesystem::create_directories(directory_), GetParam().make(directory_))) {
  hal::sim::CardOrder order = hal::sim::TestOrder();
  order.auth_pin = Secret();
  order.signature_pin = Secret();
  EXPECT_TRUE(hal::sim::CardStore::Create(card_, hal::sim::MakeCardImage(order).value()).ok());
}

TakeoverContract::~TakeoverContract() { std::filesystem::remove_all(directory_); }

std::unique_ptr<DaemonAtCounter> TakeoverContract::Open(const std::string& owner,
                                                        absl::Duration heartbeat) {
  const DaemonAtCounter::World world = {.url = url_,
                                        .key_file = directory_ + "/holder.key",
                                        .authority = authority_,
                                        .keys = keys_,
                                        .issuer_keys = *issuer_keys_};
  return std::make_unique<DaemonAtCounter>(world, owner, heartbeat);
}

void TakeoverContract::CreateCase(DaemonAtCounter& daemon, const std::string& id) {
  store::CaseRecord record;
  record.set_id(id);
  record.set_creator("test");
  record.set_request_id(id);
  record.set_state(store::CaseRecord::READY);
  ASSERT_TRUE(daemon.store().CreateCase(record, std::nullopt, {}).ok());
}

TEST_P(TakeoverContract, AnOperationGoesOnWhereItsCardIs) {
  const auto gone = Open("gone", kNeverAgain);
  gone->Insert(card_);
  const std::string id = gone->Issue("r1").value().id();
  ASSERT_EQ(gone->Settled(id).inputs(0).pin_kind(), "auth");
  const auto other = Open("other", kOften);
  EXPECT_TRUE(FailedFor(other->runner().Provide(id, "any", runner::CardGiven{}).status(),
                        Reason::kOwnershipLost));
  EXPECT_TRUE(FailedFor(other->runner().Cancel(id).status(), Reason::kOwnershipLost));
  gone->Remove();
  other->Insert(card_);
  FallSilent();
  const OperationRecord record = other->ServeToEnd(id);
  EXPECT_EQ(record.state(), OperationRecord::SUCCEEDED) << record.ShortDebugString();
  // It comes back and finds what it had is no longer its own.
  EXPECT_TRUE(FailedFor(gone->runner().Provide(id, "any", runner::CardGiven{}).status(),
                        Reason::kOperationEnded));
  EXPECT_EQ(gone->store().Get(id)->SerializeAsString(), record.SerializeAsString());
}

TEST_P(TakeoverContract, AnOperationThatNeverSawACardEndsAndItsCaseIsRunElsewhere) {
  const auto gone = Open("gone", kNeverAgain);
  CreateCase(*gone, "case");
  const std::string id = gone->Issue("r1", "case").value().id();
  ASSERT_EQ(gone->Settled(id).inputs(0).pin_kind(), "");  // The card is asked for.
  const auto other = Open("other", kOften);
  EXPECT_TRUE(FailedFor(other->Issue("r2", "case").status(), Reason::kCaseState));
  FallSilent();
  const OperationRecord ended = other->Await(id, Ended);
  EXPECT_EQ(ended.state(), OperationRecord::FAILED);
  EXPECT_EQ(ended.failure().reason(), "OWNERSHIP_LOST");
  EXPECT_FALSE(ended.failure().card_changed());
  EXPECT_EQ(other->store().Events(id, 0, 100)->back().type(), events::Event::FAILED);
  EXPECT_EQ(other->store().GetCase("case")->state(), store::CaseRecord::READY);

  other->Insert(card_);
  const OperationRecord done = other->ServeToEnd(other->Issue("r2", "case").value().id());
  EXPECT_EQ(done.state(), OperationRecord::SUCCEEDED) << done.ShortDebugString();
  EXPECT_EQ(other->store().GetCase("case")->state(), store::CaseRecord::COMPLETED);
}

TEST_P(TakeoverContract, WhatComesBackBeforeItsLossWasNoticedIsTakenUpAnew) {
  const auto daemon = Open("daemon", kOften);
  daemon->Insert(card_);
  const std::string id = daemon->Issue("r1").value().id();
  const OperationRecord asked = daemon->Settled(id);
  const auto thief = store::Store::Open(
      {.url = url_, .key_file = directory_ + "/holder.key", .owner = "thief"}, authority_.clock());
  std::vector<store::Claimed> stolen;
  for (int i = 0; i < 1000 && stolen.empty(); ++i) {
    FallSilent();  // Until the next sign of life.
    stolen = (*thief)->ClaimExpired(asked.card_serial()).value();
  }
  ASSERT_EQ(stolen.size(), 1U);
  // The thief never gives a sign: the daemon takes it back, while its old thread awaits the PIN.
  daemon->Await(id, [&](const OperationRecord& record) {
    return record.inputs_size() == 1 && record.inputs(0).input_id() != asked.inputs(0).input_id();
  });
  const OperationRecord record = daemon->ServeToEnd(id);
  EXPECT_EQ(record.state(), OperationRecord::SUCCEEDED) << record.ShortDebugString();
}

TEST_P(TakeoverContract, ADaemonThatWasOnlySilentLeavesWhatWasEndedAndServesOn) {
  const auto silent = Open("silent", kNeverAgain);
  CreateCase(*silent, "case");
  const std::string id = silent->Issue("r1", "case").value().id();
  ASSERT_EQ(silent->Settled(id).inputs_size(), 1);
  const auto other = Open("other", kOften);
  FallSilent();
  const OperationRecord ended = other->Await(id, Ended);
  ASSERT_EQ(silent->store().Heartbeat(), absl::OkStatus());
  // The card for which it waits wakes the operation that is no longer; the one begun anew gets it.
  silent->Insert(card_);
  const OperationRecord done = silent->ServeToEnd(silent->Issue("r2", "case").value().id());
  EXPECT_EQ(done.state(), OperationRecord::SUCCEEDED) << done.ShortDebugString();
  EXPECT_EQ(silent->store().Get(id)->SerializeAsString(), ended.SerializeAsString());
}

}  // namespace jpkid
