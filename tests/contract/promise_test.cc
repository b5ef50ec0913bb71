// What the rules promise before anything is done is what the runner does: each golden case that can
// be played at a card, without its office hours.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gmock/gmock.h>

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/request.h"
#include "daemon/rules/golden_case.h"
#include "tests/contract/counter.h"

namespace jpkid {
namespace {

using certs::Kind;
using rules::Applicant;
using rules::Application;
using rules::Decision;
using rules::Procedure;
using store::OperationRecord;

std::string Digits(absl::CivilDay day) {
  return absl::StrFormat("%04d%02d%02d", day.year(), day.month(), day.day());
}

// Of each kind "auth 2030-02-17".
using Promise = std::vector<std::string>;

Promise PromiseOf(const Decision& decision) {
  Promise promise;
  for (const Kind kind : decision.kinds) {
    const auto& expiry = kind == Kind::kAuth ? decision.auth_expiry : decision.signature_expiry;
    promise.push_back(absl::StrCat(certs::Name(kind), " ", absl::FormatCivilTime(*expiry)));
  }
  return promise;
}

class Promises : public Counter {
 protected:
  // Hundreds of operations, none of which need outlive a power cut: their stores are in memory.
  static void SetUpTestSuite() { setenv("TEST_TMPDIR", "/dev/shm", 0); }

  Decision Decided(const Application& application, absl::Time at) const {
    return rules::Decide(*training_, certs::CardProfiles().front(), application, at).value();
  }

  // The holder's card, as the application says, on the reader at `at`.
  void Put(const Application& application, absl::Time at) {
    StopDaemon();
    readers_ = nullptr;
    std::filesystem::remove(directory_ + "/card.bin");
    hal::sim::CardOrder order = application.first_issue ? NewCard() : hal::sim::TestOrder();
    order.birth_date = Digits(application.birth_date);
    order.card_expiry = Digits(*application.card_expiry);
    hal::sim::CardImage image = hal::sim::MakeCardImage(order).value();
    for (const Kind kind : certs::kAllKinds) {
      auto expiry = kind == Kind::kAuth ? application.auth_expiry : application.signature_expiry;
      // A revoked one is on the card, though its last day was not told.
      const auto& revoked = application.revoked_kinds;
      if (std::find(revoked.begin(), revoked.end(), kind) != revoked.end() && !expiry.has_value()) {
        expiry = application.auth_expiry;
      }
      if (expiry.has_value()) Hold(image, kind, *expiry);
    }
    authority_.clock().Set(at);
    for (const Kind kind : application.revoked_kinds) Revoke(image, kind);
    OpenImage(std::move(image));
  }

  // What a clerk asks for without a case.
  runner::RunRequest AtCounter(const Application& application) {
    runner::RunRequest request = Request(absl::StrCat("r", ++requests_));
    request.procedure = application.procedure;
    request.kinds = application.kinds;
    std::sort(request.kinds.begin(), request.kinds.end());
    request.applicant = application.applicant;
    request.adult_ward = application.adult_ward;
    request.pinless_card = application.pinless_card;
    request.reset_pins = application.reset_pins;
    if (rules::EndsWithStay(application.residence_status)) {
      request.end_of_stay = application.stay_until;
    }
    return request;
  }

  // The same of a case that was decided so.
  runner::RunRequest OfCase(const Application& application, const Decision& decision) {
    runner::RunRequest request = AtCounter(application);
    request.procedure = decision.becomes;
    request.kinds = decision.kinds;
    request.two_visits = decision.visits > 1;
    return request;
  }

  void ExpectKept(const Decision& decision, const runner::RunRequest& request) {
    const OperationRecord record = IssueToEnd(request);
    ExpectCardAndBookAgree(record);
    Promise made;
    for (const store::CertificateWork& work : record.work()) {
      made.push_back(absl::StrCat(work.kind(), " ", work.expiry_date()));
      absl::CivilDay day;
      EXPECT_TRUE(absl::ParseCivilTime(work.expiry_date(), &day));
      EXPECT_EQ(work.not_after_us(), absl::ToUnixMicros(certs::EndOfValidity(day)));
    }
    EXPECT_EQ(made, PromiseOf(decision));
    EXPECT_EQ(Told(record.id()), PromiseOf(decision));
  }

  void ExpectRefused(Reason reason, const runner::RunRequest& request) {
    const OperationRecord record = IssueToEnd(request);
    EXPECT_EQ(record.state(), OperationRecord::FAILED) << record.ShortDebugString();
    EXPECT_EQ(record.failure().reason(), Row(reason).code);
    EXPECT_FALSE(record.failure().card_changed());
  }

  // What was last told before anything was done.
  Promise Told(const std::string& id) {
    Promise told;
    const std::vector<events::Event> events = store_->Events(id, 0, 1000).value();
    for (const events::Event& event : events) {
      if (event.type() != events::Event::ELIGIBLE) continue;
      told.clear();
      for (const Kind kind : certs::kAllKinds) {
        const auto found = event.values().find(absl::StrCat("expiry.", certs::Name(kind)));
        if (found == event.values().end()) continue;
        told.push_back(absl::StrCat(certs::Name(kind), " ", found->second));
      }
    }
    return told;
  }

  const rules::Municipalities municipalities_ = rules::Municipalities::Load("").value();
  const rules::Municipality* const training_ = municipalities_.Find("training").value();

 private:
  // Puts a certificate on it that ends on `last_day`.
  void Hold(hal::sim::CardImage& image, Kind kind, absl::CivilDay last_day) {
    authority_.clock().Set(absl::FromCivil(last_day, Tokyo()));
    const hal::sim::PrivateKey key = keys_.NewKey(hal::sim::RSA_2048).value();
    ca::IssueRequest request = ca::TestCa::Request(
        kind, absl::StrCat("held", ++requests_), ca::TestKey::Of(certs::Algorithm::kRsa2048Sha256));
    const ca::RequestParts parts = {.public_key = key.PublicKeyInfo().value(),
                                    .common_name = request.transaction_id};
    request.request =
        ca::FinishRequest(parts, key.Sign(ca::RequestSignatureInput(parts).value()).value())
            .value();
    request.last_day = last_day;
    const auto issued = std::get<ca::Issued>((*authority_).Submit(request).value());
    const auto slot = kind == Kind::kAuth ? hal::sim::CertificateKind::kAuth
                                          : hal::sim::CertificateKind::kSignature;
    ASSERT_EQ(
        hal::sim::InstallCertificate(image, slot, key, issued.certificate, issued.ca_certificate),
        absl::OkStatus());
  }

  void Revoke(const hal::sim::CardImage& image, Kind kind) {
    const auto& slot = kind == Kind::kAuth ? image.auth() : image.signature();
    if (!slot.has_current()) return;
    const std::string serial =
        ca::ReadCertificate(AsBytes(slot.current().certificate())).value().serial;
    ASSERT_EQ((*authority_).Revoke(kind, serial, ca::RevocationReason::kAffiliationChanged),
              absl::OkStatus());
  }

  int requests_ = 0;
};

// Without hours, windows and other cities' ways, at which nobody looks when a card is worked on.
bool IsPlayed(const rules::GoldenCase& one) {
  const bool at_card =
      !absl::StartsWith(one.place, "golden/hours") && !absl::StartsWith(one.place, "golden/cities");
  return at_card && one.error.empty() && one.application.card_expiry.has_value() &&
         !one.application.not_registered && !one.application.holds_signature;
}

std::vector<rules::GoldenCase> Played() {
  std::vector<rules::GoldenCase> cases = rules::ReadGoldenCases(JPKID_GOLDEN_CASES);
  std::erase_if(cases, [](const rules::GoldenCase& one) { return !IsPlayed(one); });
  for (rules::GoldenCase& one : cases) one.application.window.clear();
  EXPECT_GE(cases.size(), 150u);
  return cases;
}

// An issue by proxy, or with PINs to be reset, is no matter for the counter without a case.
bool NeedsCase(const Application& application) {
  return application.applicant == Applicant::kVoluntaryProxy &&
         (application.procedure == Procedure::kIssue || !application.reset_pins.empty());
}

// What can be seen of it before the signature PIN.
Application BeforeThePin(Application application) {
  application.holds_signature = application.signature_expiry.has_value();
  if (application.auth_expiry.has_value()) application.signature_expiry.reset();
  return application;
}

// Whether a case asks the runner for something else than a clerk without one.
bool DiffersAsCase(const Application& application, const Decision& decision) {
  return decision.allowed && (NeedsCase(application) || decision.visits > 1 ||
                              decision.becomes != application.procedure ||
                              decision.kinds.size() != application.kinds.size());
}

TEST_F(Promises, OfCasesAreKeptAtTheCard) {
  for (const rules::GoldenCase& one : Played()) {
    SCOPED_TRACE(one.place);
    const Decision decision = Decided(one.application, one.at);
    if (!DiffersAsCase(one.application, decision)) continue;
    Put(one.application, one.at);
    ExpectKept(decision, OfCase(one.application, decision));
  }
}

TEST_F(Promises, AreKeptAtTheCardWithoutACase) {
  for (const rules::GoldenCase& one : Played()) {
    SCOPED_TRACE(one.place);
    Application application = one.application;
    if (NeedsCase(application)) continue;
    application.has_notice_form = true;  // Nobody asks: a proxy without a case has it.
    Decision decision = Decided(application, one.at);
    if (application.procedure == Procedure::kRenew) {
      const Decision seen = Decided(BeforeThePin(application), one.at);
      if (!seen.allowed) decision = seen;
    }
    Put(application, one.at);
    if (!decision.allowed) {
      ExpectRefused(decision.findings.front().reason, AtCounter(application));
    } else if (decision.visits > 1) {
      ExpectRefused(Reason::kTwoVisitsNeeded, AtCounter(application));
    } else {
      ExpectKept(decision, AtCounter(application));
    }
  }
}

TEST_F(Promises, FollowTheMunicipalitysLeapDay) {
  limits_.leap = rules::LeapDayBirthday::kMar01;
  const Application application = {.kinds = {Kind::kAuth, Kind::kSignature},
                                   .birth_date = absl::CivilDay(2000, 2, 29),
                                   .card_expiry = absl::CivilDay(2040, 2, 28)};
  Put(application, ca::TestCa::Start());
  const OperationRecord record = IssueToEnd(AtCounter(application));
  ExpectCardAndBookAgree(record);
  EXPECT_EQ(record.work(0).expiry_date(), "2030-03-01");
}

TEST_F(Promises, ToAProxyWhoComesOnceAreRenewalsAlone) {
  Application application = {.procedure = Procedure::kRenew,
                             .kinds = {Kind::kAuth, Kind::kSignature},
                             .applicant = Applicant::kVoluntaryProxy,
                             .birth_date = absl::CivilDay(1980, 2, 17),
                             .card_expiry = absl::CivilDay(2033, 2, 17),
                             .first_issue = true};
  Put(application, ca::TestCa::Start());
  ExpectRefused(Reason::kTwoVisitsNeeded, AtCounter(application));
  EXPECT_TRUE(Image().auth_pin().salt().empty());  // No PIN was set.
  EXPECT_TRUE(Image().signature_pin().salt().empty());
}

}  // namespace
}  // namespace jpkid
