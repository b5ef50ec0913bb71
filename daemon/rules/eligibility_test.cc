#include "daemon/rules/eligibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::rules {
namespace {

using absl::CivilDay;
using certs::Kind;

const certs::CardProfile& Profile() { return certs::CardProfiles().front(); }

Question Adult() {
  return {.today = CivilDay(2025, 10, 27),
          .birth_date = CivilDay(1980, 2, 17),
          .card_expiry = CivilDay(2033, 2, 17),
          .kinds = {Kind::kAuth, Kind::kSignature}};
}

Reason RefusalOf(const Question& question) {
  const auto answer = MayMake(Profile(), question);
  EXPECT_FALSE(answer.ok());
  return answer.ok() ? Reason::kInternal : FailureOf(answer.status()).reason;
}

std::vector<ToMake> Made(const Question& question) {
  std::vector<ToMake> made;
  const std::vector<KindFinding> found = MayMake(Profile(), question).value();
  for (const KindFinding& finding : found) {
    if (finding.to_make.has_value()) made.push_back(*finding.to_make);
  }
  return made;
}

std::vector<Reason> LeftOut(const Question& question) {
  std::vector<Reason> reasons;
  const std::vector<Refusal> left_out = RefusalsOf(MayMake(Profile(), question).value());
  for (const Refusal& refusal : left_out) reasons.push_back(refusal.reason);
  return reasons;
}

MATCHER_P2(Until, kind, expiry, "") { return arg.kind == kind && arg.expiry == expiry; }

TEST(MayMake, BothForAnAdultWithAnEmptyCard) {
  EXPECT_THAT(Made(Adult()), testing::ElementsAre(Until(Kind::kAuth, CivilDay(2030, 2, 17)),
                                                  Until(Kind::kSignature, CivilDay(2030, 2, 17))));
}

TEST(MayMake, NotWhereAValidOneIsHeld) {
  Question question = Adult();
  question.held = {{Kind::kAuth, question.today}};  // Valid to the end of the day.
  EXPECT_THAT(Made(question), testing::ElementsAre(Until(Kind::kSignature, question.today)));
  EXPECT_THAT(LeftOut(question), testing::ElementsAre(Reason::kValidCertificatePresent));
  question.kinds = {Kind::kAuth};
  EXPECT_EQ(RefusalOf(question), Reason::kValidCertificatePresent);
  question.held = {{Kind::kAuth, question.today - 1}};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
  question.held = {{Kind::kAuth, question.today + 100, /*revoked=*/true}};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
}

TEST(MayMake, SignatureAloneEndsWithTheAuthIfThereIsOne) {
  Question question = Adult();
  question.kinds = {Kind::kSignature};
  EXPECT_THAT(Made(question), testing::ElementsAre(Until(Kind::kSignature, CivilDay(2030, 2, 17))));
  question.held = {{Kind::kAuth, CivilDay(2027, 2, 17)}};
  EXPECT_THAT(Made(question), testing::ElementsAre(Until(Kind::kSignature, CivilDay(2027, 2, 17))));
}

TEST(MayMake, NoSignatureUnderFifteen) {
  Question question = Adult();
  question.applicant = Applicant::kLegalRepresentative;
  question.birth_date = CivilDay(2010, 10, 28);
  EXPECT_THAT(Made(question), testing::ElementsAre(Until(Kind::kAuth, CivilDay(2029, 10, 28))));
  EXPECT_THAT(LeftOut(question), testing::ElementsAre(Reason::kUnderFifteen));
  question.kinds = {Kind::kSignature};
  EXPECT_EQ(RefusalOf(question), Reason::kUnderFifteen);
  question.birth_date = CivilDay(2010, 10, 27);
  question.kinds = {Kind::kAuth, Kind::kSignature};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
}

TEST(MayMake, ChildrenAndWardsAreRepresented) {
  Question child = Adult();
  child.birth_date = CivilDay(2015, 6, 1);
  Question ward = Adult();
  ward.adult_ward = true;
  for (Question question : {child, ward}) {
    question.kinds = {Kind::kAuth};
    for (const Applicant applicant : {Applicant::kHolder, Applicant::kVoluntaryProxy}) {
      question.applicant = applicant;
      EXPECT_EQ(RefusalOf(question), Reason::kRepresentativeNeeded);
    }
    question.applicant = Applicant::kLegalRepresentative;
    EXPECT_EQ(Made(question).size(), 1u);
  }
}

TEST(MayMake, NotOnAnExpiredCard) {
  Question question = Adult();
  question.card_expiry = question.today - 1;
  EXPECT_EQ(RefusalOf(question), Reason::kCardExpired);
  question.card_expiry = question.today;
  EXPECT_EQ(Made(question).front().expiry, question.today);
}

Question Renewal() {
  Question question = Adult();
  question.procedure = Procedure::kRenew;
  question.today = CivilDay(2026, 1, 20);
  question.held = {{Kind::kAuth, CivilDay(2026, 2, 17)}, {Kind::kSignature, CivilDay(2026, 2, 17)}};
  return question;
}

TEST(MayMake, ARenewalInItsWindowReplacesWhatIsValid) {
  EXPECT_EQ(Made(Renewal()),
            (std::vector<ToMake>{
                {Kind::kAuth, CivilDay(2031, 2, 17), true, ExpiryLimit::kBirthday},
                {Kind::kSignature, CivilDay(2031, 2, 17), true, ExpiryLimit::kBirthday}}));
}

TEST(MayMake, ARenewalOfWhatIsNotValidIsAnIssue) {
  Question question = Renewal();
  question.held[1].revoked = true;
  EXPECT_EQ(Made(question),
            (std::vector<ToMake>{
                {Kind::kAuth, CivilDay(2031, 2, 17), true, ExpiryLimit::kBirthday},
                {Kind::kSignature, CivilDay(2030, 2, 17), false, ExpiryLimit::kBirthday}}));
}

TEST(MayMake, ARenewalLeavesOutWhatTheCardNeverHeld) {
  Question question = Renewal();
  question.held.pop_back();
  EXPECT_THAT(Made(question), testing::ElementsAre(Until(Kind::kAuth, CivilDay(2031, 2, 17))));
  EXPECT_THAT(LeftOut(question), testing::ElementsAre(Reason::kCertificateAbsent));
  question.today = CivilDay(2025, 11, 17);
  EXPECT_EQ(RefusalOf(question), Reason::kRenewalTooEarly);
}

TEST(MayMake, AProxyWhoComesOnceRenewsWhatIsValid) {
  Question question = Renewal();
  question.applicant = Applicant::kVoluntaryProxy;
  EXPECT_EQ(Made(question).size(), 2u);
  for (const auto& spoil :
       std::vector<void (*)(Question&)>{[](Question& one) { one.held.clear(); },
                                        [](Question& one) { one.held[1].revoked = true; },
                                        [](Question& one) { one.today = CivilDay(2026, 2, 18); }}) {
    Question spoilt = question;
    spoil(spoilt);
    EXPECT_EQ(RefusalOf(spoilt), Reason::kTwoVisitsNeeded);
    spoilt.two_visits = true;
    EXPECT_EQ(Made(spoilt).size(), 2u);
  }
}

TEST(MayMake, NoRenewalBeforeItsWindow) {
  Question question = Renewal();
  question.today = CivilDay(2025, 11, 17);
  const absl::Status status = MayMake(Profile(), question).status();
  EXPECT_TRUE(FailedFor(status, Reason::kRenewalTooEarly));
  ReasonMetadata metadata = FailureOf(status).metadata;
  EXPECT_EQ(metadata["also"],
            "The signature certificate runs until 2026-02-17; a renewal is taken from 2025-11-18.");
  EXPECT_EQ(metadata.erase("also") + metadata.erase("also_ja"), 2u);
  EXPECT_EQ(metadata,
            (ReasonMetadata{{"kind", "auth"}, {"date", "2026-02-17"}, {"opens", "2025-11-18"}}));
}

TEST(MayMake, NotAfterTheStay) {
  Question question = Adult();
  question.end_of_stay = question.today - 1;
  EXPECT_EQ(RefusalOf(question), Reason::kStayEnded);
}

TEST(MayMake, APinlessCardHoldsAuthAlone) {
  Question question = Adult();
  question.pinless_card = true;
  EXPECT_THAT(Made(question), testing::ElementsAre(Until(Kind::kAuth, CivilDay(2030, 2, 17))));
  EXPECT_THAT(LeftOut(question), testing::ElementsAre(Reason::kPinlessNoSignature));
  question.kinds = {Kind::kSignature};
  EXPECT_EQ(RefusalOf(question), Reason::kPinlessNeedsAuth);
  question.kinds = {Kind::kAuth};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
}

TEST(MayMake, AnAdultWardHasNoSignature) {
  Question question = Adult();
  question.applicant = Applicant::kLegalRepresentative;  // Of an adult: a guardian.
  EXPECT_THAT(Made(question), testing::ElementsAre(Until(Kind::kAuth, CivilDay(2030, 2, 17))));
  EXPECT_THAT(LeftOut(question), testing::ElementsAre(Reason::kAdultWard));
}

}  // namespace
}  // namespace jpkid::rules
