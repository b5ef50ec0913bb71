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

Reason Refusal(const Question& question) {
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
  EXPECT_EQ(Refusal(question), Reason::kValidCertificatePresent);
  question.held = {{Kind::kAuth, question.today - 1}};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
  question.held = {{Kind::kAuth, question.today + 100, /*revoked=*/true}};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
}

TEST(MayMake, SignatureAloneNeedsAValidAuthAndEndsWithIt) {
  Question question = Adult();
  question.kinds = {Kind::kSignature};
  EXPECT_EQ(Refusal(question), Reason::kSignatureNeedsAuth);
  question.held = {{Kind::kAuth, CivilDay(2027, 2, 17)}};
  EXPECT_THAT(MayMake(Profile(), question).value(),
              testing::ElementsAre(Until(Kind::kSignature, CivilDay(2027, 2, 17))));
}

TEST(MayMake, NoSignatureUnderFifteen) {
  Question question = Adult();
  question.birth_date = CivilDay(2010, 10, 28);
  EXPECT_EQ(Refusal(question), Reason::kUnderFifteen);
  question.kinds = {Kind::kAuth};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
  question.birth_date = CivilDay(2010, 10, 27);
  question.kinds = {Kind::kAuth, Kind::kSignature};
  EXPECT_TRUE(MayMake(Profile(), question).ok());
}

TEST(MayMake, NotOnAnExpiredCard) {
  Question question = Adult();
  question.card_expiry = question.today - 1;
  EXPECT_EQ(Refusal(question), Reason::kCardExpired);
  question.card_expiry = question.today;
  EXPECT_EQ(MayMake(Profile(), question)->front().expiry, question.today);
}

}  // namespace
}  // namespace jpkid::rules
