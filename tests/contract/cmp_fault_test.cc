// The adapter between a network and an authority that fail: each fault at each message, and at each
// of them a daemon that dies. The authority's book must hold one certificate at the end.

#include "base/file.h"
#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "tests/contract/cmp_authority.h"

namespace jpkid::ca {
namespace {

using certs::Algorithm;
using certs::Kind;

IssueRequest Request(Kind kind, const std::string& id) {
  return TestCa::Request(kind, id, TestKey::Of(Algorithm::kP384Sha384));
}

struct Fault {
  const char* what;
  bool restart;  // After every call that fails a new daemon goes on.
};
void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.what << (fault.restart ? " and restart" : "");
}

class CmpFault : public testing::TestWithParam<Fault> {
 protected:
  // Calls until it works, as the runner does, with the pauses that it makes.
  template <typename Call>
  auto Insist(Call call) {
    auto result = call();
    for (int i = 0; i < 10 && IsNoAnswer(StatusOf(result)); ++i) {
      ++put_off_;
      if (GetParam().restart) authority_.Restart();
      authority_.Pass(absl::Minutes(1));
      result = call();
    }
    return result;
  }
  static bool IsNoAnswer(const absl::Status& status) {
    return FailedFor(status, Reason::kCaUnavailable) ||
           FailedFor(status, Reason::kCaAnswerInvalid) ||
           FailedFor(status, Reason::kCaProtectionInvalid);
  }
  static absl::Status StatusOf(const absl::Status& status) { return status; }
  template <typename T>
  static absl::Status StatusOf(const absl::StatusOr<T>& result) {
    return result.status();
  }

  absl::StatusOr<Issued> Obtain(const IssueRequest& request) {
    absl::StatusOr<Answer> answer = Insist([&] { return authority_.ca().Submit(request); });
    for (int i = 0; i < 20 && answer.ok() && std::holds_alternative<Waiting>(*answer); ++i) {
      authority_.Pass(std::get<Waiting>(*answer).poll_after);
      if (GetParam().restart) authority_.Restart();
      answer = Insist([&] { return authority_.ca().Poll(request.transaction_id); });
    }
    JPKID_RETURN_IF_ERROR(answer.status());
    return std::get<Issued>(*answer);
  }

  CmpAuthority authority_{"fault"};
  int put_off_ = 0;
};

TEST_P(CmpFault, AtEachMessageOfACertificatesLife) {
  for (const char* type : {"p10cr", "pollReq", "certConf", "rr"}) {
    for (const char* polls : {"polls 0 1", "polls 3 20"}) {
      const std::string id = std::string(type) + "-" + (polls[6] == '0' ? "once" : "polled");
      const bool never_comes = std::string(type) == "pollReq" && polls[6] == '0';
      put_off_ = 0;
      authority_.Tell(polls);
      authority_.Tell(std::string(GetParam().what) + " " + type);
      const int before = authority_.CountCertificates();
      const IssueRequest request = Request(Kind::kSignature, id);
      const absl::StatusOr<Issued> issued = Obtain(request);
      ASSERT_TRUE(issued.ok()) << id << issued.status();
      const std::string serial = ReadCertificate(issued->certificate).value().serial;
      EXPECT_EQ(Insist([&] { return authority_.ca().Confirm(id); }), absl::OkStatus()) << id;
      EXPECT_TRUE(authority_.IsConfirmed(serial)) << id;
      EXPECT_EQ(Insist([&] {
                  return authority_.ca().Revoke(Kind::kSignature, serial,
                                                RevocationReason::kSuperseded);
                }),
                absl::OkStatus())
          << id;
      EXPECT_EQ(authority_.book().StatusOf(Kind::kSignature, serial).value().state,
                BookEntry::State::kRevoked)
          << id;
      EXPECT_EQ(authority_.CountCertificates(), before + 1) << id;
      EXPECT_EQ(put_off_ > 0, !never_comes) << id << ": the fault did not show";
      authority_.Tell("clear");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CmpFault,
                         testing::Values(Fault{"lose-request", false}, Fault{"lose-request", true},
                                         Fault{"lose-answer", false}, Fault{"lose-answer", true},
                                         Fault{"cut", false}, Fault{"cut", true},
                                         Fault{"busy", false}, Fault{"busy", true},
                                         Fault{"garble", false}, Fault{"garble", true}));

class Cmp : public testing::Test {
 protected:
  CmpAuthority authority_{"single"};
  CertificateAuthority& ca() { return authority_.ca(); }
};

TEST_F(Cmp, AnAuthorityThatIsClosedForNowIsAskedAnew) {
  authority_.Tell("not-now p10cr");
  const IssueRequest request = Request(Kind::kAuth, "later");
  EXPECT_TRUE(FailedFor(ca().Submit(request).status(), Reason::kCaUnavailable));
  EXPECT_TRUE(std::holds_alternative<Issued>(ca().Submit(request).value()));
  EXPECT_EQ(authority_.CountCertificates(), 1);
}

TEST_F(Cmp, ARefusalIsFinalAndFreesTheTransaction) {
  authority_.Tell("refuse p10cr");
  const IssueRequest request = Request(Kind::kAuth, "refused");
  const absl::Status status = ca().Submit(request).status();
  EXPECT_TRUE(FailedFor(status, Reason::kCaRejected)) << status;
  EXPECT_EQ(FailureOf(status).metadata.at("detail"),
            "PKIStatus: rejection; PKIFailureInfo: badRequest; StatusString: \"told to refuse\"");
  EXPECT_EQ(authority_.CountCertificates(), 0);
}

TEST_F(Cmp, AnswersThatAreLateChangeNothing) {
  authority_.options().message_timeout = absl::Seconds(1);
  authority_.Restart();
  authority_.Tell("delay 2500 p10cr");
  const IssueRequest request = Request(Kind::kAuth, "late");
  EXPECT_TRUE(FailedFor(ca().Submit(request).status(), Reason::kCaUnavailable));
  authority_.options().message_timeout = absl::Seconds(20);
  authority_.Restart();
  EXPECT_TRUE(std::holds_alternative<Issued>(ca().Submit(request).value()));
  EXPECT_EQ(authority_.CountCertificates(), 1);
}

TEST_F(Cmp, ADamagedAnswerIsNotUsedAndTheNextOneIs) {
  authority_.Tell("garble p10cr");
  const IssueRequest request = Request(Kind::kAuth, "garbled");
  const Reason reason = FailureOf(ca().Submit(request).status()).reason;
  EXPECT_TRUE(reason == Reason::kCaProtectionInvalid || reason == Reason::kCaUnavailable ||
              reason == Reason::kCaAnswerInvalid);
  authority_.Restart();
  EXPECT_TRUE(std::holds_alternative<Issued>(ca().Submit(request).value()));
  EXPECT_EQ(authority_.CountCertificates(), 1);
}

TEST_F(Cmp, AnOutageOpensTheCircuitAndItsEndClosesIt) {
  const IssueRequest request = Request(Kind::kAuth, "outage");
  authority_.StopServer();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ca().circuit(), Circuit::kClosed);
    EXPECT_TRUE(FailedFor(ca().Submit(request).status(), Reason::kCaUnavailable));
  }
  EXPECT_EQ(ca().circuit(), Circuit::kOpen);
  authority_.StartServer({});
  EXPECT_TRUE(FailedFor(ca().Submit(request).status(), Reason::kCaUnavailable)) << "too soon";
  EXPECT_EQ(authority_.messages(), 0);
  authority_.Pass(absl::Seconds(1));
  EXPECT_EQ(ca().circuit(), Circuit::kHalfOpen);
  EXPECT_TRUE(std::holds_alternative<Issued>(ca().Submit(request).value()));
  EXPECT_EQ(ca().circuit(), Circuit::kClosed);
}

TEST_F(Cmp, AServerOfAnotherLifeGoesOn) {
  authority_.Tell("polls 2 20");
  const IssueRequest request = Request(Kind::kAuth, "lives");
  const Answer first = ca().Submit(request).value();
  ASSERT_TRUE(std::holds_alternative<Waiting>(first));
  authority_.StartServer({});
  EXPECT_TRUE(std::holds_alternative<Waiting>(ca().Poll("lives").value())) << "before its time";
  EXPECT_EQ(authority_.messages(), 0);
  authority_.Pass(std::get<Waiting>(first).poll_after);
  EXPECT_TRUE(std::holds_alternative<Issued>(ca().Poll("lives").value()));
  authority_.StartServer({});
  EXPECT_EQ(ca().Confirm("lives"), absl::OkStatus());
}

// An adapter that lost all it kept, as after a restore of an old backup, asks under the same id.
TEST_F(Cmp, WithoutItsJournalItGetsTheSameCertificate) {
  const IssueRequest request = Request(Kind::kSignature, "forgotten");
  const Bytes first = std::get<Issued>(ca().Submit(request).value()).certificate;
  authority_.options().state_url += ".new";
  authority_.Restart();
  EXPECT_EQ(std::get<Issued>(ca().Submit(request).value()).certificate, first);
  EXPECT_EQ(ca().Confirm("forgotten"), absl::OkStatus());
  EXPECT_EQ(authority_.CountCertificates(), 1);
}

TEST_F(Cmp, ACertificateNeverConfirmedIsRevoked) {
  const IssueRequest request = Request(Kind::kAuth, "unwritten");
  const Issued issued = std::get<Issued>(ca().Submit(request).value());
  const std::string serial = ReadCertificate(issued.certificate).value().serial;
  EXPECT_FALSE(authority_.IsConfirmed(serial));
  EXPECT_EQ(ca().Revoke(Kind::kAuth, serial, RevocationReason::kCessationOfOperation),
            absl::OkStatus());
  EXPECT_EQ(authority_.book().StatusOf(Kind::kAuth, serial).value().revocation->reason,
            RevocationReason::kCessationOfOperation);
}

TEST_F(Cmp, NothingPersonalIsInItsFilesInClear) {
  const IssueRequest request = Request(Kind::kSignature, "sealed");
  ASSERT_TRUE(ca().Submit(request).ok());
  const std::string name = request.holder->name;
  for (const char* suffix : {"", "-wal"}) {
    const absl::StatusOr<Bytes> file =
        ReadFile(authority_.directory() + "/cmp.db" + suffix, 1 << 26);
    ASSERT_TRUE(file.ok()) << suffix;
    EXPECT_EQ(AsText(*file).find(name), absl::string_view::npos) << suffix;
    EXPECT_EQ(AsText(*file).find(ToHex(AsBytes(name))), absl::string_view::npos) << suffix;
  }
}

TEST_F(Cmp, AClockThatIsSetBackDoesNotDelayWhatIsWaitedFor) {
  authority_.Tell("polls 3 20");
  const IssueRequest request = Request(Kind::kAuth, "set-back");
  absl::StatusOr<Answer> answer = ca().Submit(request);
  EXPECT_EQ(std::get<Waiting>(answer.value()).poll_after, absl::Seconds(20));
  authority_.Pass(-absl::Hours(20));
  for (int i = 0; i < 4 && std::holds_alternative<Waiting>(answer.value()); ++i) {
    answer = ca().Poll("set-back");
    ASSERT_TRUE(answer.ok()) << answer.status();
    if (!std::holds_alternative<Waiting>(*answer)) break;
    EXPECT_LE(std::get<Waiting>(*answer).poll_after, absl::Seconds(20));
    authority_.Pass(std::get<Waiting>(*answer).poll_after);
  }
  EXPECT_TRUE(std::holds_alternative<Issued>(*answer));
}

TEST_F(Cmp, AListServesUntilItsEndWhenNoneCanBeFetched) {
  const IssueRequest request = Request(Kind::kAuth, "listed");
  const Issued issued = std::get<Issued>(ca().Submit(request).value());
  const std::string serial = ReadCertificate(issued.certificate).value().serial;
  EXPECT_EQ(ca().StatusOf(Kind::kAuth, serial).value().state, BookEntry::State::kGood);
  authority_.StopServer();
  authority_.Pass(absl::Hours(1));
  EXPECT_EQ(ca().StatusOf(Kind::kAuth, serial).value().state, BookEntry::State::kGood);
  authority_.Pass(absl::Hours(48));
  EXPECT_TRUE(FailedFor(ca().StatusOf(Kind::kAuth, serial).status(), Reason::kCaUnavailable));
}

}  // namespace
}  // namespace jpkid::ca
