// Issue, renewal and their undoing by the runner, over CMP: what is lost or falsified on the way is
// waited out, and the authority's book says what is on the card.

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "tests/contract/cmp_authority.h"
#include "tests/contract/cmp_pem.h"
#include "tests/contract/counter.h"

namespace jpkid {
namespace {

using certs::Kind;
using store::OperationRecord;
using ::testing::AnyOf;
using ::testing::Contains;

constexpr Kind kBoth[] = {Kind::kAuth, Kind::kSignature};

class CmpCourse : public Counter {
 protected:
  void SetUp() override {
    hal::sim::CardOrder order = NewCard();
    order.card_expiry = "20400217";
    Open(std::move(order));
    // A citizen who would speak for the authority.
    const ca::TestKey& key = ca::TestKey::Of(certs::Algorithm::kP384Sha384);
    ca::WritePairPem(cmp_.ca_dir() + "/impostor.pem",
                     authority_.Issue(Kind::kAuth, "citizen", key).certificate, key);
  }
  void TearDown() override { StopDaemon(); }  // It asks the authority, which goes first.

  ca::CertificateAuthority& Asked() override { return cmp_.ca(); }

  // The daemon of another life, and its adapter.
  void Restart() {
    StopDaemon();
    cmp_.Restart();
    StartDaemon();
  }

  // Certificates that the daemon obtained.
  int Made() const { return cmp_.CountCertificates() - 1; }

  ca::BookEntry InBook(Kind kind, const std::string& serial) {
    return (*authority_).StatusOf(kind, serial).value();
  }

  // Issues both, and returns the serial numbers; then it is time to renew.
  std::vector<std::string> IssueBoth() {
    const OperationRecord record = IssueToEnd(Request("issue"));
    ExpectCardAndBookAgree(record);
    EXPECT_EQ(Made(), 2);
    authority_.clock().Set(absl::FromCivil(absl::CivilHour(2029, 12, 3, 10), Tokyo()));
    return {record.work(0).serial_number(), record.work(1).serial_number()};
  }

  runner::RunRequest Renewal() const {
    runner::RunRequest request = Request("renew");
    request.procedure = rules::Procedure::kRenew;
    return request;
  }

  // The renewal did all, once.
  void ExpectRenewed(const OperationRecord& record, const std::vector<std::string>& old) {
    ExpectCardAndBookAgree(record);
    EXPECT_EQ(Made(), 4);
    for (const Kind kind : kBoth) {
      const auto i = static_cast<std::size_t>(kind);
      const ca::BookEntry entry = InBook(kind, old[i]);
      EXPECT_EQ(entry.state, ca::BookEntry::State::kRevoked) << i;
      EXPECT_EQ(entry.revocation->reason, ca::RevocationReason::kSuperseded) << i;
      EXPECT_TRUE(cmp_.IsConfirmed(record.work(static_cast<int>(i)).serial_number())) << i;
    }
  }

  ca::CmpAuthority cmp_{"course", authority_};
};

TEST_F(CmpCourse, ARenewalRevokesWhatItReplaces) {
  const std::vector<std::string> old = IssueBoth();
  ExpectRenewed(IssueToEnd(Renewal()), old);
}

struct Fault {
  const char* what;
  const char* message;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.what << ' ' << fault.message; }

class CmpCourseFault : public CmpCourse, public testing::WithParamInterface<Fault> {};

TEST_P(CmpCourseFault, ARenewalGoesOn) {
  const std::vector<std::string> old = IssueBoth();
  cmp_.Tell(std::string(GetParam().what) + " " + GetParam().message);
  const OperationRecord record = IssueToEnd(Renewal());
  ExpectRenewed(record, old);
  EXPECT_THAT(EventNames(record.id()), Contains(AnyOf("WAITING auth", "WAITING")))
      << "the fault did not show";
}

INSTANTIATE_TEST_SUITE_P(All, CmpCourseFault,
                         testing::Values(Fault{"lose-request", "rr"}, Fault{"lose-answer", "rr"},
                                         Fault{"busy", "rr"}, Fault{"cut", "rr"},
                                         Fault{"garble", "rr"}, Fault{"impostor", "rr"},
                                         Fault{"garble", "certConf"}, Fault{"impostor", "certConf"},
                                         Fault{"garble", "p10cr"}, Fault{"impostor", "p10cr"}));

TEST_F(CmpCourse, KilledWhileTheRevocationsAnswerIsLostItGoesOn) {
  const std::vector<std::string> old = IssueBoth();
  cmp_.Tell("lose-answer rr");
  Restart();
  const std::string id = runner_->Begin(Renewal()).value().id();
  for (const char* pin : {"auth", "signature"}) WaitUntilAsked(id, pin);
  ExpectRenewed(ServeToEnd(id), old);
}

// The card refuses ACTIVATE, so that the new certificate is revoked, through whatever comes.
TEST_F(CmpCourse, AnImpostorCannotEndAnUndoing) {
  Fault(
      "faults { match { instruction: 0x44 } answer { sw: 0x6985 } }"
      "faults { match { instruction: 0x44 } answer { sw: 0x6985 } }"
      "faults { match { instruction: 0x44 } answer { sw: 0x6985 } }");
  cmp_.Tell("impostor rr");
  const OperationRecord record = IssueToEnd(Request("undone"));
  EXPECT_EQ(record.state(), OperationRecord::FAILED);
  EXPECT_EQ(record.failure().reason(), "CARD_STATUS");
  EXPECT_TRUE(record.failure().card_changed()) << "its PINs were set";
  ASSERT_EQ(Made(), 1);
  const ca::BookEntry entry = InBook(Kind::kAuth, record.work(0).serial_number());
  EXPECT_EQ(entry.state, ca::BookEntry::State::kRevoked);
  EXPECT_EQ(entry.revocation->reason, ca::RevocationReason::kCessationOfOperation);
}

TEST_F(CmpCourse, WhatItRefusesToTakeNoteOfItIsAskedAgain) {
  const std::vector<std::string> old = IssueBoth();
  ASSERT_NO_FATAL_FAILURE(cmp_.Tell("refuse rr"));
  ASSERT_NO_FATAL_FAILURE(cmp_.Tell("refuse certConf 2"));
  ExpectRenewed(IssueToEnd(Renewal()), old);
}

}  // namespace
}  // namespace jpkid
