// An issue from the clerk's request to the certificates on the card, in one process.

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "tests/contract/counter.h"

namespace jpkid {
namespace {

using store::OperationRecord;

TEST_F(Counter, BothCertificatesOnANewCard) {
  Open(NewCard());
  const OperationRecord record = IssueToEnd(Request());
  ExpectCardAndBookAgree(record);
  EXPECT_THAT(EventNames(record.id()),
              testing::ElementsAre("CARD_IDENTIFIED", "ELIGIBLE", "WAITING", "PIN_VERIFIED auth",
                                   "PIN_VERIFIED signature", "KEY_MADE auth", "REQUEST_SIGNED auth",
                                   "CA_SUBMITTED auth", "CERTIFICATE_RECEIVED auth", "WRITING auth",
                                   "WRITING auth", "WRITING auth", "READ_BACK auth",
                                   "ACTIVATED auth", "PROVED auth", "KEY_MADE signature",
                                   "REQUEST_SIGNED signature", "CA_SUBMITTED signature",
                                   "CERTIFICATE_RECEIVED signature", "WRITING signature",
                                   "WRITING signature", "WRITING signature", "READ_BACK signature",
                                   "ACTIVATED signature", "PROVED signature", "COMPLETED"));
  // Personal data do not outlive the operation.
  EXPECT_FALSE(store_->GetPersonal(record.id(), "holder")->has_value());
  EXPECT_FALSE(store_->GetPersonal(record.id(), "certificate.signature")->has_value());
}

TEST_F(Counter, EveryStepHasItsIntentBeforeItsResult) {
  Open(NewCard());
  const OperationRecord record = IssueToEnd(Request());
  const auto journal = store_->Journal(record.id()).value();
  ASSERT_EQ(journal.size(), 2u * 22u);
  for (std::size_t i = 0; i < journal.size(); i += 2) {
    EXPECT_EQ(journal[i].phase, store::JournalLine::Phase::kIntent);
    EXPECT_EQ(journal[i + 1].phase, store::JournalLine::Phase::kResult);
    EXPECT_EQ(journal[i].step, journal[i + 1].step);
    EXPECT_EQ(journal[i + 1].outcome, "done");
  }
}

TEST_F(Counter, AnotherRequestUnderTheSameNameIsRefused) {
  Open(NewCard());
  const OperationRecord first = IssueToEnd(Request());
  runner::RunRequest other = Request();
  other.reader = "window-2";
  EXPECT_TRUE(FailedFor(runner_->Begin(other).status(), Reason::kRequestIdReused));
  other = Request();
  other.kinds = {certs::Kind::kAuth};
  EXPECT_TRUE(FailedFor(runner_->Begin(other).status(), Reason::kRequestIdReused));
  other = Request();
  other.case_id = "c1";
  EXPECT_TRUE(FailedFor(runner_->Begin(other).status(), Reason::kRequestIdReused));
  other = Request();
  other.creator = "uid:1002";  // His own names are his.
  other.reader = "window-2";
  EXPECT_TRUE(FailedFor(runner_->Begin(other).status(), Reason::kReaderUnknown));
  EXPECT_EQ(store_->Get(first.id())->SerializeAsString(), first.SerializeAsString());
}

TEST_F(Counter, AHolderWhoIsNotBornIsRefused) {
  Open(NewCard());
  runner::RunRequest request = Request();
  const absl::CivilDay today = rules::TokyoDay(authority_.clock().Now());
  request.holder.emplace().birth_date = today + 1;
  EXPECT_EQ(runner_->Begin(request).status().message(), "holder.birth_date: is in the future.");
  request.holder->birth_date = today;
  EXPECT_TRUE(runner_->Begin(request).ok());
}

TEST_F(Counter, ACardWithAValidCertificateIsRefused) {
  Open(NewCard());
  ExpectCardAndBookAgree(IssueToEnd(Request()));
  const OperationRecord record = IssueToEnd(Request("r2"));
  EXPECT_EQ(record.state(), OperationRecord::FAILED);
  EXPECT_EQ(record.failure().reason(), "VALID_CERTIFICATE_PRESENT");
  EXPECT_FALSE(record.failure().card_changed());
}

TEST_F(Counter, AValidSignatureCertificateIsFoundBehindItsPin) {
  Open(NewCard());
  ExpectCardAndBookAgree(IssueToEnd(Request()));
  const auto auth = Image().auth();
  const auto serial = ca::ReadCertificate(AsBytes(auth.current().certificate())).value().serial;
  ASSERT_EQ((*authority_).Revoke(certs::Kind::kAuth, serial, ca::RevocationReason::kSuperseded),
            absl::OkStatus());
  runner::RunRequest request = Request("r2");
  request.kinds = {certs::Kind::kSignature};
  const OperationRecord refused = IssueToEnd(request);
  EXPECT_EQ(refused.failure().reason(), "VALID_CERTIFICATE_PRESENT");
  EXPECT_EQ(refused.failure().metadata().at("kind"), "signature");
  // Asked for with the other kind it is left out.
  const OperationRecord record = IssueToEnd(Request("r3"));
  ExpectCardAndBookAgree(record);
  EXPECT_THAT(record.kinds(), testing::ElementsAre("auth"));
  const std::vector<events::Event> events = store_->Events(record.id(), 0, 1000).value();
  int remarked = 0;
  for (const events::Event& event : events) {
    const auto remark = event.values().find("remark.0");
    if (event.type() != events::Event::ELIGIBLE || remark == event.values().end()) continue;
    EXPECT_EQ(remark->second, "VALID_CERTIFICATE_PRESENT");
    EXPECT_EQ(event.values().at("remark.0.kind"), "signature");
    ++remarked;
  }
  EXPECT_EQ(remarked, 1);
  // The same request is known by what it asked for.
  EXPECT_EQ(runner_->Begin(Request("r3")).value().id(), record.id());
}

TEST_F(Counter, AWrongPinIsAskedForAgainWithTheTriesLeft) {
  Open(hal::sim::TestOrder());
  auth_pin_ = "9999";
  const OperationRecord begun = runner_->Begin(Request()).value();
  const OperationRecord asked = WaitUntilAsked(begun.id(), "auth");
  ASSERT_EQ(asked.inputs_size(), 2);
  EXPECT_FALSE(asked.inputs(0).sets_pin());
  EXPECT_EQ(asked.inputs(0).tries_left(), 3);
  for (const auto& input : asked.inputs()) {
    const certs::Kind kind = certs::ParseKind(input.pin_kind()).value();
    const std::string pin = kind == certs::Kind::kAuth ? "9999" : "ABC123DEF456";
    ASSERT_TRUE(runner_
                    ->Provide(begun.id(), input.input_id(),
                              runner::PinGiven{.kind = kind,
                                               .card_serial = input.card_serial(),
                                               .pin = Secret(AsBytes(pin)),
                                               .giver = "uid:7"})
                    .ok());
  }
  auth_pin_ = "1234";
  ExpectCardAndBookAgree(ServeToEnd(begun.id()));
  int asked_with_two_tries = 0;
  const std::vector<events::Event> story = store_->Events(begun.id(), 0, 1000).value();
  for (const auto& event : story) {
    if (event.type() != events::Event::WAITING || event.inputs_size() == 0) continue;
    if (event.inputs(0).tries_left() != 2) continue;
    ++asked_with_two_tries;
    EXPECT_EQ(event.values().at("reason"), "PIN_WRONG");
    EXPECT_EQ(event.values().at("reason.wrong_by_caller"), "1");
  }
  EXPECT_EQ(asked_with_two_tries, 1);
}

TEST_F(Counter, APinOfTheWrongFormIsRefusedAndStillAwaited) {
  Open(NewCard());
  const OperationRecord begun = runner_->Begin(Request()).value();
  const OperationRecord asked = WaitUntilAsked(begun.id(), "auth");
  const absl::Status refused = runner_
                                   ->Provide(begun.id(), asked.inputs(0).input_id(),
                                             runner::PinGiven{.kind = certs::Kind::kAuth,
                                                              .card_serial = asked.card_serial(),
                                                              .pin = Secret(AsBytes("12"))})
                                   .status();
  EXPECT_TRUE(FailedFor(refused, Reason::kPinFormat));
  ExpectCardAndBookAgree(ServeToEnd(begun.id()));
}

TEST_F(Counter, AnotherCardThanTheOneItIsForIsToldNothing) {
  Open(NewCard());
  runner::RunRequest request = Request();
  request.card_serial = "000000000000001";
  const std::string id = runner_->Begin(request)->id();
  WaitUntilAsked(id, "");
  const events::Event waiting = store_->Events(id, 0, 10)->back();
  EXPECT_EQ(waiting.values().at("reason"), "CARD_WRONG");
  EXPECT_EQ(waiting.values().at("reason.expected"), "000000000000001");
  EXPECT_EQ(runner_->Cancel(id)->state(), OperationRecord::CANCELLED);
  EXPECT_TRUE(Image().auth_pin().salt().empty());
}

TEST_F(Counter, CancelledWhileItWaitsForTheReader) {
  Open(NewCard());
  const std::unique_ptr<session::Lease> other = TakeReader().value();
  const std::string id = runner_->Begin(Request())->id();
  WaitUntil(id, [this, &id](const OperationRecord&) {
    return !store_->Events(id, 0, 1)->empty();  // QUEUED
  });
  EXPECT_EQ(runner_->Cancel(id)->state(), OperationRecord::CANCELLED);
  EXPECT_THAT(EventNames(id), testing::ElementsAre("QUEUED", "FAILED"));
}

TEST_F(Counter, CancelledWhileThePinsAreAwaited) {
  Open(NewCard());
  const OperationRecord begun = runner_->Begin(Request()).value();
  WaitUntilAsked(begun.id(), "auth");
  const OperationRecord record = runner_->Cancel(begun.id()).value();
  EXPECT_EQ(record.state(), OperationRecord::CANCELLED);
  EXPECT_EQ(record.failure().reason(), "OPERATION_CANCELLED");
  EXPECT_FALSE(record.failure().card_changed());
  EXPECT_TRUE(FailedFor(runner_->Cancel(begun.id()).status(), Reason::kOperationEnded));
}

TEST_F(Counter, ARefusedCertificateIsRevokedAndThePendingSlotEmptied) {
  Open(NewCard());
  Fault(
      "faults { match { instruction: 0x44 } answer { sw: 0x6985 } }"
      "faults { match { instruction: 0x44 } answer { sw: 0x6985 } }"
      "faults { match { instruction: 0x44 } answer { sw: 0x6985 } }");
  const OperationRecord record = IssueToEnd(Request());
  EXPECT_EQ(record.state(), OperationRecord::FAILED) << record.ShortDebugString();
  EXPECT_EQ(record.failure().reason(), "CARD_STATUS");
  EXPECT_TRUE(record.failure().card_changed());  // Its PINs were set.
  ASSERT_EQ(record.work_size(), 2);
  EXPECT_TRUE(record.work(0).revoked());
  EXPECT_EQ((*authority_).StatusOf(certs::Kind::kAuth, record.work(0).serial_number())->state,
            ca::BookEntry::State::kRevoked);
  EXPECT_FALSE(Image().auth().has_pending());
  EXPECT_FALSE(Image().auth().has_current());
}

TEST_F(Counter, AnotherCardIsRefusedByItsSerialAndTheRightOneGoesOn) {
  Open(NewCard());
  hal::sim::CardOrder order = NewCard();
  order.serial = "999999999999999";
  const std::string other = directory_ + "/other.bin";
  ASSERT_TRUE(hal::sim::CardStore::Create(other, hal::sim::MakeCardImage(order).value()).ok());
  const OperationRecord begun = runner_->Begin(Request()).value();
  WaitUntilAsked(begun.id(), "auth");
  ASSERT_EQ(readers_->Remove(kReader), absl::OkStatus());
  ASSERT_EQ(readers_->Insert(kReader, other), absl::OkStatus());
  const OperationRecord asked = WaitUntilAsked(begun.id(), "auth");
  for (const auto& input : asked.inputs()) {
    const certs::Kind kind = certs::ParseKind(input.pin_kind()).value();
    ASSERT_TRUE(runner_
                    ->Provide(begun.id(), input.input_id(),
                              runner::PinGiven{
                                  .kind = kind,
                                  .card_serial = input.card_serial(),
                                  .pin = Secret(AsBytes(
                                      kind == certs::Kind::kAuth ? auth_pin_ : signature_pin_))})
                    .ok());
  }
  WaitUntilAsked(begun.id(), "");
  EXPECT_EQ(store_->Events(begun.id(), 0, 1000)->back().values().at("reason"), "CARD_WRONG");
  ASSERT_EQ(readers_->Remove(kReader), absl::OkStatus());
  ASSERT_EQ(readers_->Insert(kReader, directory_ + "/card.bin"), absl::OkStatus());
  ExpectCardAndBookAgree(ServeToEnd(begun.id()));
}

// The daemon stops at the n-th event and another one goes on.
TEST_F(Counter, ADaemonThatStopsAnywhereIsContinuedByTheNext) {
  Open(NewCard());
  const OperationRecord begun = runner_->Begin(Request()).value();
  int restarts = 0;
  while (true) {
    const OperationRecord before = store_->Get(begun.id()).value();
    if (before.state() == OperationRecord::SUCCEEDED || restarts == 60) break;
    // One PIN entry at a time makes each life of the daemon a few steps long.
    WaitUntilAsked(begun.id(), "auth");
    StopDaemon();
    StartDaemon();
    ++restarts;
    if (restarts % 2 == 0) ServeToEnd(begun.id());
  }
  ExpectCardAndBookAgree(store_->Get(begun.id()).value());
  const std::vector<std::string> names = EventNames(begun.id());
  EXPECT_GE(std::count(names.begin(), names.end(), "RESUMED"), 1);
}

}  // namespace
}  // namespace jpkid
