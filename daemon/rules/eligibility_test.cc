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

MATCHER_P2(Until, kind, expiry, "") { return arg.kind == kind && arg.expiry == expiry; }

TEST(MayMake, BothForAnAdultWithAnEmptyCard) {
  EXPECT_THAT(MayMake(Profile(), Adult()).value(),
              testing::ElementsAre(Until(Kind::kAuth, CivilDay(2030, 2, 17)),
                                   Until(Kind::kSignature, CivilDay(2030, 2, 17))));
}

TEST(MayMake, NotWhereAValidOneIsHeld) {
  Question question = Adult();
  question.held = {{Kind::kAuth, question.today}};  // Valid to the end of the day.
  EXPECT_EQ(RefusalOf(question), Reason::kValidCertificatePresent);
  question.held = {{Kind::kAuth, question.today - 1}};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
  question.held = {{Kind::kAuth, question.today + 100, /*revoked=*/true}};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
}

TEST(MayMake, SignatureAloneNeedsAValidAuthAndEndsWithIt) {
  Question question = Adult();
  question.kinds = {Kind::kSignature};
  EXPECT_EQ(RefusalOf(question), Reason::kSignatureNeedsAuth);
  question.held = {{Kind::kAuth, CivilDay(2027, 2, 17)}};
  EXPECT_THAT(MayMake(Profile(), question).value(),
              testing::ElementsAre(Until(Kind::kSignature, CivilDay(2027, 2, 17))));
}

TEST(MayMake, NoSignatureUnderFifteen) {
  Question question = Adult();
  question.birth_date = CivilDay(2010, 10, 28);
  EXPECT_EQ(RefusalOf(question), Reason::kUnderFifteen);
  question.kinds = {Kind::kAuth};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
  question.birth_date = CivilDay(2010, 10, 27);
  question.kinds = {Kind::kAuth, Kind::kSignature};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
}

TEST(MayMake, NotOnAnExpiredCard) {
  Question question = Adult();
  question.card_expiry = question.today - 1;
  EXPECT_EQ(RefusalOf(question), Reason::kCardExpired);
  question.card_expiry = question.today;
  EXPECT_EQ(MayMake(Profile(), question)->front().expiry, question.today);
}

Question Renewal() {
  Question question = Adult();
  question.procedure = Procedure::kRenew;
  question.today = CivilDay(2026, 1, 20);
  question.held = {{Kind::kAuth, CivilDay(2026, 2, 17)}, {Kind::kSignature, CivilDay(2026, 2, 17)}};
  return question;
}

TEST(MayMake, ARenewalInItsWindowReplacesWhatIsValid) {
  EXPECT_EQ(MayMake(Profile(), Renewal()).value(),
            (std::vector<ToMake>{
                {Kind::kAuth, CivilDay(2031, 2, 17), true, ExpiryLimit::kBirthday},
                {Kind::kSignature, CivilDay(2031, 2, 17), true, ExpiryLimit::kBirthday}}));
}

TEST(MayMake, ARenewalOfWhatIsNotValidIsAnIssue) {
  Question question = Renewal();
  question.held[1].revoked = true;
  EXPECT_EQ(MayMake(Profile(), question).value(),
            (std::vector<ToMake>{
                {Kind::kAuth, CivilDay(2031, 2, 17), true, ExpiryLimit::kBirthday},
                {Kind::kSignature, CivilDay(2030, 2, 17), false, ExpiryLimit::kBirthday}}));
}

TEST(MayMake, NoRenewalBeforeItsWindow) {
  Question question = Renewal();
  question.today = CivilDay(2025, 11, 17);
  const absl::Status status = MayMake(Profile(), question).status();
  EXPECT_TRUE(FailedFor(status, Reason::kRenewalTooEarly));
  EXPECT_EQ(FailureOf(status).metadata,
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
  EXPECT_EQ(RefusalOf(question), Reason::kPinlessNoSignature);
  question.kinds = {Kind::kSignature};
  EXPECT_EQ(RefusalOf(question), Reason::kPinlessNeedsAuth);
  question.kinds = {Kind::kAuth};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
}

TEST(MayMake, AnAdultWardHasNoSignature) {
  Question question = Adult();
  question.adult_ward = true;
  EXPECT_EQ(RefusalOf(question), Reason::kAdultWard);
}

}  // namespace
}  // namespace jpkid::rules
