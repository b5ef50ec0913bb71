// Renewals and what comes with them at the counter: PINs set anew, cards without PINs, proxies.

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "tests/contract/counter.h"

namespace jpkid {
namespace {

using certs::Kind;
using rules::Procedure;
using store::OperationRecord;

constexpr Kind kBoth[] = {Kind::kAuth, Kind::kSignature};

// Ten in the morning of that day in Tokyo.
absl::Time Morning(int year, int month, int day) {
  return absl::FromCivil(absl::CivilHour(year, month, day, 10), Tokyo());
}

// A card with both certificates, issued on 2025-10-27: they end on 2030-02-17.
class Renewal : public Counter {
 protected:
  void SetUp() override {
    hal::sim::CardOrder order = NewCard();
    order.card_expiry = "20400217";
    Open(std::move(order));
    ExpectCardAndBookAgree(IssueToEnd(Request("issue")));
    for (const Kind kind : kBoth) old_.push_back(SerialOnCard(kind));
  }

  std::string SerialOnCard(Kind kind) {
    const hal::sim::CardImage image = Image();
    const auto& slot = kind == Kind::kAuth ? image.auth() : image.signature();
    return ca::ReadCertificate(AsBytes(slot.current().certificate())).value().serial;
  }

  runner::RunRequest Renew(const std::string& request_id = "renew") const {
    runner::RunRequest request = Request(request_id);
    request.procedure = Procedure::kRenew;
    return request;
  }

  // Locks the auth PIN with wrong entries of an operation that is then given up.
  void LockAuthPin() {
    const std::string right = std::exchange(auth_pin_, "9999");
    const OperationRecord record = ServeToEnd(runner_->Begin(Renew("lock")).value().id());
    EXPECT_EQ(record.failure().reason(), "PIN_BLOCKED");
    auth_pin_ = right;
  }

  std::vector<std::string> old_;
};

TEST_F(Renewal, ReplacesBothAndRevokesTheOldOnes) {
  authority_.clock().Set(Morning(2029, 11, 18));  // The first day of the window.
  const OperationRecord record = IssueToEnd(Renew());
  ExpectCardAndBookAgree(record);
  EXPECT_EQ(record.type(), "renew");
  const std::vector<std::string> names = EventNames(record.id());
  for (const Kind kind : kBoth) {
    const int i = static_cast<int>(kind);
    EXPECT_EQ(record.work(i).expiry_date(), "2035-02-17");
    EXPECT_EQ(record.work(i).old_serial_number(), old_[i]);
    EXPECT_NE(SerialOnCard(kind), old_[i]);
    const ca::BookEntry old = (*authority_).StatusOf(kind, old_[i]).value();
    EXPECT_EQ(old.state, ca::BookEntry::State::kRevoked);
    EXPECT_EQ(old.revocation->reason, ca::RevocationReason::kSuperseded);
    // Never before the new one is proved.
    const std::string name(certs::Name(kind));
    const auto proved = std::find(names.begin(), names.end(), "PROVED " + name);
    const auto revoked = std::find(names.begin(), names.end(), "OLD_REVOKED " + name);
    ASSERT_NE(revoked, names.end());
    EXPECT_LT(proved, revoked);
  }
  // What it will be is told once: the signature certificate is what it was taken for.
  EXPECT_EQ(std::count(names.begin(), names.end(), "ELIGIBLE"), 1);
}

// Its holder would find his PIN replaced.
TEST_F(Renewal, ACardThatHoldsASignatureIsNoneWithoutPins) {
  authority_.clock().Set(Morning(2029, 12, 1));
  runner::RunRequest request = Renew();
  request.pinless_card = true;
  request.kinds = {Kind::kAuth};
  const OperationRecord record = IssueToEnd(request);
  EXPECT_EQ(record.failure().reason(), "PINLESS_NO_SIGNATURE");
  EXPECT_FALSE(record.failure().card_changed());
  EXPECT_EQ(SerialOnCard(Kind::kAuth), old_[0]);
}

TEST_F(Renewal, IsNotTakenBeforeItsWindow) {
  authority_.clock().Set(Morning(2029, 11, 17));
  const OperationRecord record = IssueToEnd(Renew());
  EXPECT_EQ(record.failure().reason(), "RENEWAL_TOO_EARLY");
  EXPECT_FALSE(record.failure().card_changed());
  EXPECT_EQ((*authority_).StatusOf(Kind::kAuth, old_[0])->state, ca::BookEntry::State::kGood);
}

TEST_F(Renewal, AfterExpiryIsAnIssue) {
  authority_.clock().Set(Morning(2030, 2, 18));
  const OperationRecord record = IssueToEnd(Renew());
  ExpectCardAndBookAgree(record);
  EXPECT_EQ(record.work(0).expiry_date(), "2035-02-17");
  EXPECT_EQ(record.work(0).old_serial_number(), "");
}

TEST_F(Renewal, OfASignatureThatWasRevokedIssuesItAnew) {
  ASSERT_EQ(
      (*authority_).Revoke(Kind::kSignature, old_[1], ca::RevocationReason::kAffiliationChanged),
      absl::OkStatus());
  authority_.clock().Set(Morning(2029, 12, 3));
  const OperationRecord record = IssueToEnd(Renew());
  ExpectCardAndBookAgree(record);
  EXPECT_EQ(record.work(0).expiry_date(), "2035-02-17");
  EXPECT_EQ(record.work(1).expiry_date(), "2034-02-17");  // The fifth birthday.
  EXPECT_EQ(record.work(1).old_serial_number(), "");
  const std::vector<std::string> names = EventNames(record.id());
  EXPECT_EQ(std::count(names.begin(), names.end(), "ELIGIBLE"), 2);  // Once more behind the PIN.
}

TEST_F(Renewal, OfTheSignatureAloneIsJudgedBehindItsPin) {
  authority_.clock().Set(Morning(2029, 12, 3));
  runner::RunRequest request = Renew();
  request.kinds = {Kind::kSignature};
  const OperationRecord record = IssueToEnd(request);
  ExpectCardAndBookAgree(record);
  ASSERT_EQ(record.work_size(), 1);
  EXPECT_EQ(record.work(0).expiry_date(), "2030-02-17");  // No longer than the auth certificate.
  EXPECT_EQ(SerialOnCard(Kind::kAuth), old_[0]);
}

TEST_F(Renewal, ALockedPinIsResetAndTheVisitGoesOn) {
  authority_.clock().Set(Morning(2029, 12, 3));
  LockAuthPin();
  runner::RunRequest request = Renew();
  request.reset_pins = {Kind::kAuth};
  auth_pin_ = "4321";
  const OperationRecord begun = runner_->Begin(request).value();
  const OperationRecord asked = WaitUntilAsked(begun.id(), "auth");
  ASSERT_EQ(asked.inputs_size(), 2);
  EXPECT_TRUE(asked.inputs(0).sets_pin());
  EXPECT_FALSE(asked.inputs(1).sets_pin());
  const OperationRecord record = ServeToEnd(begun.id());
  ExpectCardAndBookAgree(record);
  EXPECT_THAT(record.pins_set(), testing::ElementsAre("auth"));
}

TEST_F(Renewal, AWrongPinOfAReplyFormIsNotAskedForAgain) {
  authority_.clock().Set(Morning(2029, 12, 3));
  runner::RunRequest request = Renew();
  request.applicant = rules::Applicant::kVoluntaryProxy;
  auth_pin_ = "9999";
  const OperationRecord record = IssueToEnd(request);
  EXPECT_EQ(record.failure().reason(), "REPLY_FORM_PIN_WRONG");
  EXPECT_EQ(record.failure().metadata().at("tries_left"), "2");
  EXPECT_EQ(Image().auth_pin().tries_left(), 2);
  EXPECT_FALSE(record.failure().card_changed());
}

TEST_F(Renewal, ThePinsOfAReplyFormHaveTheirMark) {
  authority_.clock().Set(Morning(2029, 12, 3));
  runner::RunRequest request = Renew();
  request.applicant = rules::Applicant::kVoluntaryProxy;
  const OperationRecord record = IssueToEnd(request);
  ExpectCardAndBookAgree(record);
  int marked = 0;
  const std::vector<events::Event> story = store_->Events(record.id(), 0, 1000).value();
  for (const events::Event& event : story) {
    if (event.type() != events::Event::PIN_VERIFIED) continue;
    EXPECT_EQ(event.values().at("source"), "reply-form");
    ++marked;
  }
  EXPECT_EQ(marked, 2);
}

TEST_F(Counter, ACardWithoutPinsIsAskedForNone) {
  Open(NewCard());
  runner::RunRequest request = Request();
  request.kinds = {Kind::kAuth};
  request.pinless_card = true;
  const OperationRecord record = IssueToEnd(request);
  ExpectCardAndBookAgree(record);
  const std::vector<std::string> names = EventNames(record.id());
  EXPECT_EQ(std::count(names.begin(), names.end(), "WAITING"), 0);
  EXPECT_TRUE(Image().signature_pin().salt().empty());  // Never set.
}

TEST_F(Counter, ACardWithoutPinsGetsNoSignatureCertificate) {
  Open(NewCard());
  runner::RunRequest request = Request();
  request.pinless_card = true;
  const OperationRecord record = IssueToEnd(request);
  ExpectCardAndBookAgree(record);
  EXPECT_THAT(record.kinds(), testing::ElementsAre("auth"));
  request = Request("r2");
  request.pinless_card = true;
  request.kinds = {Kind::kSignature};
  EXPECT_EQ(IssueToEnd(request).failure().reason(), "PINLESS_NO_SIGNATURE");
}

TEST_F(Counter, TheEndOfStayIsTheEndOfTheCertificates) {
  Open(NewCard());
  runner::RunRequest request = Request();
  request.end_of_stay = absl::CivilDay(2027, 4, 10);
  const OperationRecord record = IssueToEnd(request);
  ExpectCardAndBookAgree(record);
  EXPECT_EQ(record.work(0).expiry_date(), "2027-04-10");
  EXPECT_EQ(record.work(1).expiry_date(), "2027-04-10");
}

TEST_F(Counter, ACardOfTheNextGenerationGetsItsOwnCertificates) {
  hal::sim::CardOrder order = NewCard();
  order.algorithm = hal::sim::EC_P384;
  order.card_expiry = "20400217";
  Open(std::move(order));
  const OperationRecord record = IssueToEnd(Request());
  ExpectCardAndBookAgree(record);
  EXPECT_EQ(record.work(0).expiry_date(), "2035-02-17");  // The tenth birthday.
  EXPECT_EQ(record.work(1).expiry_date(), "2035-02-17");
}

// A card without pending slots drops the old certificate with the new key: told before, and after a
// failure.
class DirectRenewal : public Counter {
 protected:
  OperationRecord Renewed(const std::string& fault) {
    hal::sim::CardOrder order = NewCard();
    order.staged = false;
    order.card_expiry = "20400217";
    Open(std::move(order));
    const OperationRecord issued = IssueToEnd(Request("issue"));
    ExpectCardAndBookAgree(issued);
    old_ = issued.work(0).serial_number();
    authority_.clock().Set(Morning(2029, 12, 3));
    runner::RunRequest request = Request("renew");
    request.procedure = Procedure::kRenew;
    request.kinds = {Kind::kAuth};
    if (!fault.empty()) Fault(fault);
    return IssueToEnd(request);
  }

  std::string old_;  // The certificate to be renewed.
};

TEST_F(DirectRenewal, ThatFailsAfterItsKeyHasChangedTheCard) {
  const std::string refused = "faults { match { instruction: 0xD6 } answer { sw: 0x6985 } }";
  const OperationRecord record = Renewed(refused + refused + refused);
  EXPECT_EQ(record.state(), OperationRecord::FAILED) << record.ShortDebugString();
  EXPECT_EQ(record.failure().reason(), "CARD_STATUS");
  EXPECT_TRUE(record.failure().card_changed());
  EXPECT_TRUE(Image().auth().current().certificate().empty());
  // What no card holds any more is not left valid.
  const ca::BookEntry old = (*authority_).StatusOf(Kind::kAuth, old_).value();
  ASSERT_TRUE(old.revocation.has_value());
  EXPECT_EQ(old.revocation->reason, ca::RevocationReason::kCessationOfOperation);
  EXPECT_THAT(EventNames(record.id()), testing::Contains("OLD_REVOKED auth"));
}

TEST_F(DirectRenewal, OfACardThatMakesNoKeyLeavesTheOldCertificateInForce) {
  const std::string refused = "faults { match { instruction: 0x47 } answer { sw: 0x6985 } }";
  const OperationRecord record = Renewed(refused + refused + refused);
  EXPECT_EQ(record.state(), OperationRecord::FAILED) << record.ShortDebugString();
  EXPECT_EQ((*authority_).StatusOf(Kind::kAuth, old_)->state, ca::BookEntry::State::kGood);
  EXPECT_FALSE(Image().auth().current().certificate().empty());
}

TEST_F(DirectRenewal, IsToldBefore) {
  const OperationRecord record = Renewed("");
  ExpectCardAndBookAgree(record);
  const std::vector<events::Event> events = store_->Events(record.id(), 0, 1000).value();
  const auto eligible = std::find_if(events.begin(), events.end(), [](const auto& event) {
    return event.type() == events::Event::ELIGIBLE;
  });
  ASSERT_NE(eligible, events.end());
  EXPECT_EQ(eligible->values().at("remark.0"), "OLD_DROPPED_WITH_KEY");
  EXPECT_EQ(eligible->values().at("remark.0.kind"), "auth");
}

}  // namespace
}  // namespace jpkid
