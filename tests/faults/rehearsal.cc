#include "tests/faults/rehearsal.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "base/status.h"
#include "base/steady_time.h"
#include "hal/sim/test_card.h"

namespace jpkid::faults {
namespace {

constexpr char kReader[] = "Simulated 00";
constexpr char kAlias[] = "simulated-00";
constexpr char kClerk[] = "clerk";
constexpr char kRequestId[] = "rehearsal";
constexpr absl::Duration kPatience = absl::Seconds(60);
// For the fault of a reader that hangs: long enough for a loaded machine, short enough to wait for.
constexpr absl::Duration kShortCardJob = absl::Seconds(2);

absl::Time RenewalDay() { return absl::FromCivil(absl::CivilHour(2029, 12, 3, 10), Tokyo()); }
// So that neither fits into the faults that are longer.
constexpr absl::Duration kShortCaWait = absl::Milliseconds(200);
constexpr absl::Duration kShortStoreWait = absl::Milliseconds(200);
constexpr char kWrongAuthPin[] = "9999";
constexpr char kWrongSignaturePin[] = "WRONG999";

bool IsRenewal(Scenario scenario) {
  return scenario != Scenario::kIssue && scenario != Scenario::kUndo;
}

bool Ended(const store::OperationRecord& record) { return record.end_time_us() != 0; }

}  // namespace

Rehearsal::Rehearsal(Scenario scenario, const Opening& opening, const std::string& name)
    : scenario_(scenario),
      opening_(opening),
      directory_(absl::StrCat(testing::TempDir(), "/", name)),
      authority_(name, opening.authority),
      issuer_keys_(card::FromMasterKey(hal::sim::TestMasterKey()).value()),
      trap_([this] { Ring(); }) {
  namespace fs = std::filesystem;
  fs::remove_all(directory_);
  fs::create_directories(directory_);
  fs::copy_file(opening_.directory + "/card.bin", directory_ + "/card.bin");
  faulty_authority_ = std::make_unique<FaultyAuthority>(*authority_, trap_);
  if (IsRenewal(scenario_)) authority_.clock().Set(RenewalDay());
  cards_ =
      hal::sim::SimReaders::Create(
          {.slots = {{.name = kReader, .card = directory_ + "/card.bin"}}, .key_source = &keys_})
          .value();
  readers_ = std::make_shared<FaultyReaders>(cards_, trap_);
  if (IsUndone(scenario_)) {
    std::string refusals;
    if (scenario_ == Scenario::kUndoSecond) refusals = "faults { match { instruction: 0x44 } }";
    // More often than the daemon asks before it gives up, and begins anew after a kill.
    for (int i = 0; i < 8; ++i) {
      refusals += "faults { match { instruction: 0x44 } answer { sw: 0x6985 } }";
    }
    (void)cards_->AddFaults(kReader, refusals);
  }
}

Rehearsal::~Rehearsal() {
  ClearDaemon();
  std::filesystem::remove_all(directory_);
}

Opening Rehearsal::KeepAs(const std::string& directory) {
  namespace fs = std::filesystem;
  ClearDaemon();
  const Opening kept = {.directory = directory,
                        .authority = directory + "/ca",
                        .issued = faulty_authority_->issued()};
  authority_.Close();
  fs::create_directories(directory);
  fs::copy_file(directory_ + "/card.bin", directory + "/card.bin");
  fs::copy(authority_.directory(), kept.authority);
  return kept;
}

store::Store::Options Rehearsal::StoreOptions() const {
  return {.url = absl::StrCat("sqlite:", directory_, "/jpkid.db"),
          .key_file = directory_ + "/holder.key",
          .owner = "rehearsal"};
}

void Rehearsal::StartDaemon() {
  trap_.Revive();
  real_store_ = store::Store::Open(StoreOptions(), authority_.clock()).value();
  store_ = std::make_unique<FaultyStore>(*real_store_, trap_, [this] { Ring(); });
  session::Options options;
  options.look_every = absl::Milliseconds(20);
  sessions_ = session::Sessions::Create(readers_, std::move(options));
  const runner::Parts parts = {.store = *store_,
                               .sessions = *sessions_,
                               .authority = *faulty_authority_,
                               .issuer_keys = *issuer_keys_,
                               .feed = feed_,
                               .clock = authority_.clock()};
  runner_ = runner::Runner::Create(
      parts, {.card_job = card_job_,
              .ca_wait_with_card = kShortCaWait,
              .store_wait_with_card = kShortStoreWait,
              .residence = {.prefecture = "Hyogo-ken", .municipality = "Sanda-shi"}});
  (void)runner_->Resume();  // A daemon that is killed here is started once more.
}

void Rehearsal::ClearDaemon() {
  trap_.EndLate();
  if (another_.joinable()) another_.join();
  if (runner_ != nullptr) runner_->Stop(SteadyNow() + kPatience);
  if (sessions_ != nullptr) sessions_->Stop();
  runner_ = nullptr;
  sessions_ = nullptr;
  store_ = nullptr;
  real_store_ = nullptr;
}

void Rehearsal::Arm(const FaultPoint& point) {
  point_ = point;
  std::function<void()> hook;
  if (!point.card_fault.empty()) {
    hook = [this, wrong = point.wrong_pins,
            text = absl::StrCat("faults { ", point.card_fault, " }")] {
      wrong_pins_ = wrong;
      (void)cards_->AddFaults(kReader, text);
    };
  } else if (point.clock_jump != absl::ZeroDuration()) {
    hook = [this, by = point.clock_jump] { authority_.clock().Advance(by); };
  }
  if (point.action == Action::kLate || point.card_fault == "hang {}") card_job_ = kShortCardJob;
  if (point.action == Action::kOutage) hook = [this] { LetAnotherHaveTheReader(); };
  if (point.cancelled) hook = [this] { LetTheClerkCancel(); };
  if (point.restored) hook = [this] { KeepStore(); };
  trap_.Set(point.site, point.nth, point.action, std::move(hook));
}

// The store comes back when another client has had the reader, which nobody may keep from him.
void Rehearsal::LetAnotherHaveTheReader() {
  another_ = std::thread([this, sessions = sessions_.get()] {
    const auto lease = sessions->Acquire(
        {.reader = kAlias, .client = "another", .deadline = SteadyNow() + kPatience / 2},
        [](int) {});
    another_waits_in_vain_ = !lease.ok();
    trap_.EndOutage();
  });
}

// Too late for a cancellation is none: then the operation goes on.
void Rehearsal::LetTheClerkCancel() {
  another_ = std::thread([this, runner = runner_.get()] {
    const auto begun = real_store_->FindOperation(kClerk, kRequestId);
    if (begun.ok() && begun->has_value()) (void)runner->Cancel((*begun)->id());
  });
}

void Rehearsal::KeepStore() {
  const UniqueFd copy = real_store_->Snapshot().value();
  std::filesystem::copy_file(absl::StrCat("/proc/self/fd/", copy.get()), directory_ + "/backup");
}

void Rehearsal::PutStoreBack() {
  ClearDaemon();
  (void)store::RestoreStore(StoreOptions(), directory_ + "/backup", authority_.clock()).value();
  put_back_ = true;
  StartDaemon();
  served_.clear();
}

Verdict Rehearsal::Run(const std::optional<FaultPoint>& point) {
  Verdict verdict;
  if (point.has_value()) Arm(*point);
  StartDaemon();
  std::optional<store::OperationRecord> record = Serve(verdict);
  verdict.step = trap_.step();
  if (point.has_value() && point->restored && record.has_value()) {
    in_force_ = record->state() == store::OperationRecord::SUCCEEDED;
    PutStoreBack();
    record = Serve(verdict);
  }
  if (record.has_value()) Judge(*record, verdict);
  if (point.has_value() && !trap_.sprung()) verdict.what = "the fault never struck";
  return verdict;
}

// Until the operation has ended: PINs are typed, the card is put back, a killed daemon started.
std::optional<store::OperationRecord> Rehearsal::Serve(Verdict& verdict) {
  runner::RunRequest request = {.request_id = kRequestId,
                                .creator = kClerk,
                                .reader = kAlias,
                                .kinds = {certs::Kind::kAuth, certs::Kind::kSignature}};
  if (IsRenewal(scenario_)) request.procedure = rules::Procedure::kRenew;
  std::string id;
  std::shared_ptr<void> guard;
  const absl::Time deadline = SteadyNow() + kPatience;
  while (SteadyNow() < deadline) {
    const int before = heard();
    if (trap_.dead()) {
      ClearDaemon();
      StartDaemon();
      served_.clear();
      continue;
    }
    if (id.empty()) {
      // Whoever got no answer asks again with the same request id.
      const absl::StatusOr<store::OperationRecord> begun = runner_->Begin(request);
      if (!begun.ok()) continue;
      id = begun->id();
      guard = feed_.Subscribe(id, [this] { Ring(); });
      continue;
    }
    const absl::StatusOr<store::OperationRecord> record = real_store_->Get(id);
    if (record.ok() && Ended(*record)) {
      verdict.ended = true;
      return *record;
    }
    if (record.ok()) ServeInput(*record);
    if (!WaitForBell(before)) break;
  }
  const absl::StatusOr<store::OperationRecord> record = real_store_->Get(id);
  verdict.lost = true;
  verdict.what = absl::StrCat("it did not end: ",
                              record.ok() ? record->ShortDebugString() : "it is not in the store");
  return std::nullopt;
}

// One at a time: a second one that waits until the first is taken makes every run write as often as
// the one that was counted.
void Rehearsal::ServeInput(const store::OperationRecord& record) {
  if (record.inputs().empty() || record.inputs(0).input_id() == served_) return;
  const events::AwaitedInput& input = record.inputs(0);
  served_ = input.input_id();
  if (input.pin_kind().empty()) {
    trap_.EndLate();
    PutCardBack();
    return;
  }
  const certs::Kind kind = certs::ParseKind(input.pin_kind()).value();
  const bool auth = kind == certs::Kind::kAuth;
  const absl::string_view right = auth ? hal::sim::kTestAuthPin : hal::sim::kTestSignaturePin;
  const absl::string_view wrong = auth ? kWrongAuthPin : kWrongSignaturePin;
  const absl::string_view pin = wrong_pins_ ? wrong : right;
  const absl::Status given = runner_
                                 ->Provide(record.id(), input.input_id(),
                                           runner::PinGiven{.kind = kind,
                                                            .card_serial = input.card_serial(),
                                                            .pin = hal::sim::SecretOf(pin)})
                                 .status();
  if (given.ok()) ++pins_given_;
}

void Rehearsal::PutCardBack() {
  (void)cards_->Remove(kReader);  // It may be out already.
  (void)cards_->Insert(kReader, directory_ + "/card.bin");
}

void Rehearsal::Ring() {
  const MutexLock lock(bell_mutex_);
  ++rung_;
  bell_.NotifyAll();
}

int Rehearsal::heard() {
  const MutexLock lock(bell_mutex_);
  return rung_;
}

bool Rehearsal::WaitForBell(int heard) {
  const absl::Time deadline = SteadyNow() + kPatience;
  const MutexLock lock(bell_mutex_);
  while (rung_ == heard) {
    if (!bell_.WaitUntil(bell_mutex_, deadline)) return false;
  }
  return true;
}

}  // namespace jpkid::faults
