#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include <gtest/gtest.h>

#include "base/clock.h"
#include "daemon/desk/desk.h"

namespace jpkid::desk {

// A desk over a real store, at a time that the test moves.
class DeskTest : public testing::Test {
 protected:
  DeskTest()
      : directory_(testing::TempDir() + "/desk-" + std::to_string(getpid()) + "-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name()),
        municipalities_(rules::Municipalities::Load("").value()) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    store_ = store::Store::Open({.url = "sqlite:" + directory_ + "/jpkid.db",
                                 .key_file = directory_ + "/holder.key",
                                 .owner = "desk"},
                                clock_)
                 .value();
    desk_ = Open({});
  }
  ~DeskTest() override {
    store_ = nullptr;
    std::filesystem::remove_all(directory_);
  }

  std::unique_ptr<CaseDesk> Open(const CaseDesk::Options& options) {
    return CaseDesk::Create({.cases = *store_, .municipalities = municipalities_, .clock = clock_},
                            options)
        .value();
  }

  // Ten o'clock in Tokyo.
  static absl::Time Morning(absl::CivilDay day) {
    return absl::FromCivil(absl::CivilHour(day) + 10, Tokyo());
  }

  // An issue of both certificates for a card without any.
  static rules::Application Issue(rules::Applicant applicant) {
    return {.procedure = rules::Procedure::kIssue,
            .kinds = {certs::Kind::kAuth, certs::Kind::kSignature},
            .applicant = applicant,
            .birth_date = absl::CivilDay(1980, 2, 17),
            .card_expiry = absl::CivilDay(2035, 2, 17)};
  }
  // A renewal by a proxy with the notice's form: one visit (S15).
  static rules::Application RenewalWithForm() {
    rules::Application application = Issue(rules::Applicant::kVoluntaryProxy);
    application.procedure = rules::Procedure::kRenew;
    application.auth_expiry = absl::CivilDay(2026, 8, 1);
    application.signature_expiry = absl::CivilDay(2026, 8, 1);
    application.has_notice_form = true;
    return application;
  }

  static NewCase New(const rules::Application& application, std::vector<std::string> checked,
                     const std::string& request_id = "r1") {
    return {.request_id = request_id,
            .actor = "uid:1000",
            .application = application,
            .holder = ToBytes(AsBytes("三田 太郎")),
            .card_serial = "CARD-1",
            .checked_items = std::move(checked)};
  }
  static CaseAsSeen Seen(const store::CaseRecord& record) {
    return {.id = record.id(), .version = record.version(), .actor = "uid:1001"};
  }
  static std::vector<std::string> Acts(const store::CaseRecord& record) {
    std::vector<std::string> acts;
    for (const store::CaseAct& act : record.history()) acts.push_back(act.act());
    return acts;
  }

  // A proxy's issue after its first visit.
  store::CaseRecord Received() {
    return desk_
        ->CreateCase(
            New(Issue(rules::Applicant::kVoluntaryProxy), {"HOLDER_CARD", "PROXY_PHOTO_ID"}))
        .value();
  }
  store::CaseRecord Mailed() { return desk_->MailInquiry(Seen(Received())).value(); }
  // An operation takes the case and ends.
  store::CaseRecord Run(const store::CaseRecord& record, store::OperationRecord::State state,
                        const std::string& reason = "") {
    store::OperationRecord operation;
    operation.set_id("op" + std::to_string(++operations_));
    operation.set_request_id(operation.id());
    operation.set_case_id(record.id());
    const store::Claimed claimed = store_->Create(operation, {}, std::nullopt).value();
    operation.set_state(state);
    operation.mutable_failure()->set_reason(reason);
    if (!reason.empty()) (*operation.mutable_failure()->mutable_metadata())["pin"] = "signature";
    EXPECT_EQ(store_->Write(operation, claimed.epoch, std::nullopt, {}), absl::OkStatus());
    return store_->GetCase(record.id()).value();
  }

  ManualClock clock_{Morning(absl::CivilDay(2026, 6, 10))};  // A Wednesday.
  const std::string directory_;
  const rules::Municipalities municipalities_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<CaseDesk> desk_;
  int operations_ = 0;
};

}  // namespace jpkid::desk
