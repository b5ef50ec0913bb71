// What is left to settle: the authority refuses, waits or is away, a PIN is locked after ACTIVATE.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/mutex.h"
#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "tests/contract/counter.h"

namespace jpkid {
namespace {

using certs::Kind;
using store::OperationRecord;

constexpr Kind kBoth[] = {Kind::kAuth, Kind::kSignature};

// The authority, in a mood.
class MoodyAuthority final : public ca::CertificateAuthority {
 public:
  explicit MoodyAuthority(ca::TestCa& authority) : authority_(authority) {}

  // So many messages of a kind fail with `why`; a negative number: until the next mood.
  void Refuse(const std::string& message, int count, Reason why) {
    const MutexLock lock(mutex_);
    moods_[message] = {.left = count, .why = why};
  }
  void ThinkAboutEachRequestFor(absl::Duration poll_after) {
    const MutexLock lock(mutex_);
    poll_after_ = poll_after;
  }

  absl::StatusOr<ca::Answer> Submit(const ca::IssueRequest& request) override {
    JPKID_RETURN_IF_ERROR(Mood("submit"));
    if (const absl::Duration poll = Thought(request.transaction_id); poll > absl::ZeroDuration()) {
      return ca::Waiting{.poll_after = poll};
    }
    return authority_->Submit(request);
  }
  absl::StatusOr<ca::Answer> Poll(absl::string_view id) override { return authority_->Poll(id); }
  absl::Status Confirm(absl::string_view id) override {
    JPKID_RETURN_IF_ERROR(Mood("confirm"));
    return authority_->Confirm(id);
  }
  absl::Status Revoke(Kind kind, absl::string_view serial, ca::RevocationReason reason) override {
    JPKID_RETURN_IF_ERROR(Mood("revoke"));
    return authority_->Revoke(kind, serial, reason);
  }
  absl::StatusOr<ca::BookEntry> StatusOf(Kind kind, absl::string_view serial) override {
    return authority_->StatusOf(kind, serial);
  }
  absl::StatusOr<Bytes> Crl(Kind kind) override { return authority_->Crl(kind); }
  bool training() const override { return true; }
  std::string name() const override { return "moody"; }

 private:
  struct Left {
    int left = 0;
    Reason why = Reason::kCaRejected;
  };

  absl::Status Mood(const std::string& message) {
    const MutexLock lock(mutex_);
    Left& mood = moods_[message];
    if (mood.left == 0) return absl::OkStatus();
    if (mood.left > 0) --mood.left;
    return Fail(mood.why, {{"detail", "a mood"}});
  }

  absl::Duration Thought(const std::string& id) {
    const MutexLock lock(mutex_);
    return thought_.insert(id).second ? poll_after_ : absl::ZeroDuration();
  }

  ca::TestCa& authority_;
  Mutex mutex_;
  std::map<std::string, Left> moods_ ABSL_GUARDED_BY(mutex_);
  absl::Duration poll_after_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> thought_ ABSL_GUARDED_BY(mutex_);
};

// A card with both certificates, and the day to renew them.
class Settling : public Counter {
 protected:
  void SetUp() override {
    hal::sim::CardOrder order = NewCard();
    order.card_expiry = "20400217";
    Open(std::move(order));
    ExpectCardAndBookAgree(IssueToEnd(Request("issue")));
    for (const Kind kind : kBoth) old_.push_back(OnCard(kind));
    authority_.clock().Set(absl::FromCivil(absl::CivilHour(2029, 12, 3, 10), Tokyo()));
  }
  void TearDown() override { StopDaemon(); }  // It asks the authority, which goes first.

  ca::CertificateAuthority& Asked() override { return moody_; }

  std::string OnCard(Kind kind) {
    const hal::sim::CardImage image = Image();
    const auto& slot = kind == Kind::kAuth ? image.auth() : image.signature();
    return ca::ReadCertificate(AsBytes(slot.current().certificate())).value().serial;
  }
  bool IsGood(Kind kind, const std::string& serial) {
    return (*authority_).StatusOf(kind, serial)->state == ca::BookEntry::State::kGood;
  }

  // The new certificate is in force on the card, and alone good.
  void ExpectNewAlone(const OperationRecord& record, Kind kind, const std::string& old) {
    const auto work = std::find_if(record.work().begin(), record.work().end(),
                                   [&](const auto& one) { return one.kind() == Name(kind); });
    ASSERT_NE(work, record.work().end());
    EXPECT_EQ(OnCard(kind), work->serial_number());
    EXPECT_TRUE(IsGood(kind, work->serial_number()));
    EXPECT_TRUE(work->confirmed());
    EXPECT_FALSE(IsGood(kind, old));
  }

  runner::RunRequest Renew(std::vector<Kind> kinds) const {
    runner::RunRequest request = Request("renew");
    request.procedure = rules::Procedure::kRenew;
    request.kinds = std::move(kinds);
    return request;
  }

  // Types PINs until it is told that it waits for the authority, for `reason`.
  OperationRecord ServeUntilTold(const std::string& id, const std::string& reason) {
    OperationRecord record = ServeUntil(id, [&](const OperationRecord& now) {
      const std::vector<events::Event> story = store_->Events(id, 0, 1000).value();
      return now.state() == OperationRecord::WAITING && !story.empty() &&
             story.back().values().contains("for") && story.back().values().at("for") == "ca" &&
             story.back().values().at("reason") == reason;
    });
    EXPECT_EQ(record.state(), OperationRecord::WAITING) << record.ShortDebugString();
    return record;
  }

  MoodyAuthority moody_{authority_};
  std::vector<std::string> old_;
};

TEST_F(Settling, APinThatIsLockedAfterActivateLeavesTheNewCertificateAlone) {
  Fault("faults { match { instruction: 0x2A nth: 2 } tear_out { back_after_ms: 10 } }");
  const std::string id = runner_->Begin(Renew({kBoth[0], kBoth[1]}))->id();
  // The first entry is right; from then on none is.
  ServeUntil(id, [](const OperationRecord& record) { return record.step() == "prove"; });
  auth_pin_ = "9999";
  const OperationRecord record = ServeToEnd(id);
  EXPECT_EQ(record.state(), OperationRecord::FAILED);
  EXPECT_EQ(record.failure().reason(), "PIN_BLOCKED");
  EXPECT_TRUE(record.failure().card_changed());
  ExpectNewAlone(record, Kind::kAuth, old_[0]);
  EXPECT_FALSE(record.work(0).proved());
  EXPECT_EQ(OnCard(Kind::kSignature), old_[1]);  // No further one is begun.
  EXPECT_TRUE(IsGood(Kind::kSignature, old_[1]));
  EXPECT_FALSE(Image().signature().has_pending());
}

TEST_F(Settling, AProofThatNobodyStaysForIsGivenUpAndTheBooksAreSettled) {
  Fault("faults { match { instruction: 0x2A nth: 2 } tear_out { } }");
  const std::string id = runner_->Begin(Renew({kBoth[0], kBoth[1]}))->id();
  const OperationRecord waiting = ServeUntil(id, [](const OperationRecord& record) {
    return record.step() == "prove" && record.state() == OperationRecord::WAITING;
  });
  EXPECT_EQ(waiting.inputs(0).pin_kind(), "");  // For the card.
  StopDaemon();
  limits_.input_wait = absl::Milliseconds(100);
  StartDaemon();
  const OperationRecord record = ServeToEnd(id);
  EXPECT_EQ(record.state(), OperationRecord::FAILED);
  EXPECT_EQ(record.failure().reason(), "INPUT_TIMEOUT");
  EXPECT_TRUE(record.failure().card_changed());
  ExpectNewAlone(record, Kind::kAuth, old_[0]);
  EXPECT_FALSE(record.work(0).proved());
  EXPECT_TRUE(IsGood(Kind::kSignature, old_[1]));
}

// Nobody knows whether it took effect, and the PIN is locked before it is asked again.
class LostActivate : public Settling {
 protected:
  OperationRecord LockAt(const std::string& fault) {
    Fault("faults { match { instruction: 0x44 } " + fault + " }");
    const std::string id = runner_->Begin(Renew({Kind::kAuth}))->id();
    ServeUntil(id, [](const OperationRecord& record) { return record.step() == "activate"; });
    auth_pin_ = "9999";
    return ServeToEnd(id);
  }
};

TEST_F(LostActivate, WithItsEffectTheNewCertificateAloneIsGood) {
  const OperationRecord record = LockAt("tear_out { after: true back_after_ms: 10 }");
  EXPECT_EQ(record.failure().reason(), "PIN_BLOCKED");
  EXPECT_TRUE(record.failure().card_changed());
  ExpectNewAlone(record, Kind::kAuth, old_[0]);
}

TEST_F(LostActivate, WithoutItsEffectTheOldOneAloneIsGood) {
  const OperationRecord record = LockAt("tear_out { back_after_ms: 10 }");
  EXPECT_EQ(record.failure().reason(), "PIN_BLOCKED");
  EXPECT_FALSE(record.failure().card_changed());
  EXPECT_EQ(OnCard(Kind::kAuth), old_[0]);
  EXPECT_TRUE(IsGood(Kind::kAuth, old_[0]));
  EXPECT_FALSE(IsGood(Kind::kAuth, record.work(0).serial_number()));
  EXPECT_FALSE(Image().auth().has_pending());
}

TEST_F(Settling, ARefusalToTakeNoteIsWaitedForAndTheCardMayGo) {
  for (const std::string message : {"confirm", "revoke"}) {
    moody_.Refuse(message, -1, Reason::kCaRejected);
    const Kind kind = message == "confirm" ? Kind::kAuth : Kind::kSignature;
    runner::RunRequest request = Renew({kind});
    request.request_id = message;
    const std::string id = runner_->Begin(request)->id();
    const std::size_t i = kind == Kind::kAuth ? 0 : 1;
    EXPECT_FALSE(ServeUntilTold(id, "CA_NOT_SETTLED").in_custody());
    // Nobody holds the card.
    EXPECT_TRUE(TakeReader().ok());
    moody_.Refuse(message, 0, Reason::kCaRejected);
    const OperationRecord record = ServeToEnd(id);
    ExpectCardAndBookAgree(record);
    ExpectNewAlone(record, kind, old_[i]);
  }
}

TEST_F(Settling, ARefusalOfTheFirstOnesBooksLosesNothingOfTheSecond) {
  moody_.Refuse("revoke", 2, Reason::kCaRejected);
  const OperationRecord record = IssueToEnd(Renew({kBoth[0], kBoth[1]}));
  ExpectCardAndBookAgree(record);
  for (const Kind kind : kBoth) ExpectNewAlone(record, kind, old_[static_cast<std::size_t>(kind)]);
}

TEST_F(Settling, AnAuthorityThatIsAwayGetsTheCardForSoLongAndTheOperationGoesOn) {
  StopDaemon();
  limits_.ca_wait_with_card = absl::Seconds(3);
  StartDaemon();
  moody_.Refuse("submit", -1, Reason::kCaUnavailable);
  const std::string id = runner_->Begin(Renew({Kind::kAuth}))->id();
  EXPECT_FALSE(ServeUntilTold(id, "CA_UNAVAILABLE").in_custody());
  EXPECT_TRUE(TakeReader().ok());  // Waits until it is free.
  const auto in_custody = [](const OperationRecord& record) { return record.in_custody(); };
  EXPECT_EQ(WaitUntil(id, in_custody).state(), OperationRecord::WAITING);
  moody_.Refuse("submit", 0, Reason::kCaUnavailable);
  EXPECT_TRUE(WaitUntilAsked(id, "auth").inputs_size() == 1);  // None was kept.
  EXPECT_FALSE(store_->Get(id)->in_custody());
  const OperationRecord record = ServeToEnd(id);
  ExpectCardAndBookAgree(record);
  ExpectNewAlone(record, Kind::kAuth, old_[0]);
}

TEST_F(Settling, AnAuthorityThatSaysWaitForLongerGetsTheCardNotAtAll) {
  StopDaemon();
  limits_.ca_wait_with_card = absl::Seconds(2);
  StartDaemon();
  moody_.ThinkAboutEachRequestFor(absl::Seconds(3));
  const std::string id = runner_->Begin(Renew({Kind::kAuth}))->id();
  const OperationRecord waiting = ServeUntilTold(id, "CA_UNAVAILABLE");
  EXPECT_TRUE(waiting.in_custody());
  EXPECT_TRUE(TakeReader().ok());
  EXPECT_EQ(store_->Get(id)->state(), OperationRecord::WAITING);
  ExpectCardAndBookAgree(ServeToEnd(id));
}

}  // namespace
}  // namespace jpkid
