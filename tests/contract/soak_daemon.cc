#include "tests/contract/soak_daemon.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/desk/desk.h"
#include "daemon/store/store.h"

namespace jpkid {
namespace {

using store::CaseRecord;
using store::OperationRecord;

constexpr int kWorkers = 3;
constexpr int kSteps = 3;
constexpr absl::Duration kHeartbeat = absl::Milliseconds(100);
constexpr absl::Duration kExpires = absl::Seconds(1);
constexpr absl::Duration kPatience = absl::Minutes(10);

class SoakDaemon {
 public:
  explicit SoakDaemon(const SoakOptions& options)
      : options_(options),
        municipalities_(rules::Municipalities::Load("").value()),
        store_(store::Store::Open({.url = options.url,
                                   .key_file = options.key_file,
                                   .owner = options.owner,
                                   .owner_expires = kExpires},
                                  clock_)
                   .value()),
        desk_(desk::CaseDesk::Create(
                  {.cases = *store_, .municipalities = municipalities_, .clock = clock_}, {})
                  .value()) {}

  bool Run();

 private:
  // Anything but what a second clerk, or another daemon that took over, explains.
  bool Unexpected(const absl::Status& status) {
    if (status.ok() || FailedFor(status, Reason::kCaseState) ||
        FailedFor(status, Reason::kCaseChanged) || FailedFor(status, Reason::kOwnershipLost)) {
      return false;
    }
    std::fprintf(stderr, "%s: %s\n", options_.owner.c_str(), status.ToString().c_str());
    failed_ = true;
    return true;
  }
  void Serve(int number);
  absl::Status Advance(const CaseRecord& record);
  absl::Status RunOperation(const CaseRecord& record);
  absl::Status Finish(store::Claimed claimed);
  void TakeUpExpired();
  bool AllCompleted();
  desk::NewCase Application(int number) const;
  bool WaitForHeartbeat(absl::Time deadline);
  void BeatHeart();

  const SoakOptions options_;
  SystemClock clock_;
  const rules::Municipalities municipalities_;
  const std::unique_ptr<store::Store> store_;
  const std::unique_ptr<desk::CaseDesk> desk_;
  std::atomic<bool> failed_ = false;
  Mutex mutex_;
  CondVar beat_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  int beats_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Every third comes by proxy: two visits.
desk::NewCase SoakDaemon::Application(int number) const {
  const bool proxy = number % 3 == 0;
  const absl::CivilDay today = rules::TokyoDay(clock_.Now());
  desk::NewCase application = {
      .request_id = absl::StrCat("case-", number),
      .actor = "uid:1000",
      .application = {.kinds = {certs::Kind::kAuth},
                      .applicant =
                          proxy ? rules::Applicant::kVoluntaryProxy : rules::Applicant::kHolder,
                      .birth_date = absl::CivilDay(1980, 2, 17),
                      .card_expiry = absl::CivilDay(today.year() + 9, 2, 17),
                      .first_issue = true},
      .card_serial = absl::StrCat("CARD-", number),
      .checked_items = {"HOLDER_CARD"}};
  if (proxy) application.checked_items.push_back("PROXY_PHOTO_ID");
  return application;
}

void SoakDaemon::Serve(int number) {
  absl::StatusOr<CaseRecord> record = desk_->CreateCase(Application(number));
  // Each round one state further; more than there are states is never needed.
  for (int round = 0; record.ok() && round < 12; ++round) {
    if (Unexpected(Advance(*record)) || record->state() == CaseRecord::COMPLETED ||
        record->state() == CaseRecord::IN_PROGRESS) {
      return;
    }
    record = store_->GetCase(record->id());
  }
  if (!record.ok()) Unexpected(record.status());
}

absl::Status SoakDaemon::Advance(const CaseRecord& record) {
  const desk::CaseAsSeen seen = {
      .id = record.id(), .version = record.version(), .actor = "uid:1000"};
  switch (record.state()) {
    case CaseRecord::RECEIVED:
      return desk_->MailInquiry(seen).status();
    case CaseRecord::INQUIRY_MAILED:
      return desk_
          ->PresentReply(seen, {.presenter = rules::Applicant::kHolder,
                                .checked_items = {"HOLDER_CARD", "SEALED_REPLY_FORM"}})
          .status();
    case CaseRecord::READY:
      return RunOperation(record);
    default:
      return absl::OkStatus();
  }
}

absl::Status SoakDaemon::RunOperation(const CaseRecord& record) {
  OperationRecord operation;
  operation.set_id(NewId());
  operation.set_request_id(operation.id());
  operation.set_case_id(record.id());
  operation.set_card_serial(record.card_serial());
  operation.set_create_time_us(absl::ToUnixMicros(clock_.Now()));
  JPKID_ASSIGN_OR_RETURN(store::Claimed claimed, store_->Create(operation, {}, std::nullopt));
  return Finish(std::move(claimed));
}

// Goes on where the journal ends. Every tenth case fails at its first try.
absl::Status SoakDaemon::Finish(store::Claimed claimed) {
  OperationRecord& operation = claimed.record;
  for (int step = operation.progress_step(); step < kSteps; ++step) {
    operation.set_progress_step(step + 1);
    JPKID_RETURN_IF_ERROR(store_->Write(
        operation, claimed.epoch, store::JournalLine{.step = absl::StrCat("step ", step)}, {}));
  }
  JPKID_ASSIGN_OR_RETURN(const CaseRecord record, store_->GetCase(operation.case_id()));
  const auto tries = std::count_if(record.history().begin(), record.history().end(),
                                   [](const store::CaseAct& act) { return act.act() == "run"; });
  const bool fails = record.card_serial().back() == '0' && tries == 1;
  operation.set_state(fails ? OperationRecord::FAILED : OperationRecord::SUCCEEDED);
  if (fails) operation.mutable_failure()->set_reason("CARD_EXPIRED");
  return store_->Write(operation, claimed.epoch, store::JournalLine{.step = "end"}, {});
}

void SoakDaemon::TakeUpExpired() {
  const auto expired = store_->ExpiredOperations();
  if (Unexpected(expired.status()) || !expired.ok()) return;
  for (const OperationRecord& operation : *expired) {
    auto claimed = store_->ClaimExpired(operation.card_serial());
    if (Unexpected(claimed.status())) return;
    for (store::Claimed& one : *claimed) Unexpected(Finish(std::move(one)));
  }
}

bool SoakDaemon::AllCompleted() {
  const auto done = store_->ListCases({.states = {CaseRecord::COMPLETED}}, options_.cases, "");
  return done.ok() && static_cast<int>(done->cases.size()) == options_.cases;
}

void SoakDaemon::BeatHeart() {
  for (bool ended = false; !ended;) {
    Unexpected(store_->Heartbeat());
    const MutexLock lock(mutex_);
    ++beats_;
    beat_.NotifyAll();
    const absl::Time next = SteadyNow() + kHeartbeat;
    while (!ended_ && beat_.WaitUntil(mutex_, next)) {
    }
    ended = ended_;
  }
}

bool SoakDaemon::WaitForHeartbeat(absl::Time deadline) {
  const MutexLock lock(mutex_);
  const int before = beats_;
  while (beats_ == before) {
    if (!beat_.WaitUntil(mutex_, deadline)) return false;
  }
  return true;
}

bool SoakDaemon::Run() {
  Unexpected(store_->Heartbeat());
  std::thread heart([this] { BeatHeart(); });
  auto left = store_->ClaimUnfinished();
  if (!Unexpected(left.status())) {
    for (store::Claimed& one : *left) Unexpected(Finish(std::move(one)));
  }
  std::atomic<int> next = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.emplace_back([&] {
      for (int n = next++; n < options_.cases && !failed_; n = next++) {
        Serve(options_.backwards ? options_.cases - 1 - n : n);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  // What a killed daemon left: its operations once it has expired, then its cases.
  const absl::Time deadline = SteadyNow() + kPatience;
  while (!failed_ && !AllCompleted()) {
    TakeUpExpired();
    const auto ready = store_->ListCases({.states = {CaseRecord::READY}}, options_.cases, "");
    if (Unexpected(ready.status())) break;
    for (const CaseRecord& record : ready->cases) Unexpected(Advance(record));
    if (!WaitForHeartbeat(deadline)) failed_ = true;
  }
  {
    const MutexLock lock(mutex_);
    ended_ = true;
    beat_.NotifyAll();
  }
  heart.join();
  return !failed_;
}

}  // namespace

bool RunSoakDaemon(const SoakOptions& options) { return SoakDaemon(options).Run(); }

}  // namespace jpkid
