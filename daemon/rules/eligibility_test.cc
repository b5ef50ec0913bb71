#include "daemon/rules/eligibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::rules {
namespace {

using absl::CivilDay;
using certs::Kind;

const certs::CardProfile& Profile() { return certs::CardProfiles().front(); }

IssueQuestion Adult() {
  return {.today = CivilDay(2025, 10, 27),
          .birth_date = CivilDay(1980, 2, 17),
          .card_expiry = CivilDay(2033, 2, 17),
          .kinds = {Kind::kAuth, Kind::kSignature}};
}

Reason Refusal(const IssueQuestion& question) {
  const auto answer = MayIssue(Profile(), question);
  EXPECT_FALSE(answer.ok());
  return answer.ok() ? Reason::kInternal : FailureOf(answer.status()).reason;
}

MATCHER_P2(Until, kind, expiry, "") { return arg.kind == kind && arg.expiry == expiry; }

TEST(MayIssue, BothForAnAdultWithAnEmptyCard) {
  EXPECT_THAT(MayIssue(Profile(), Adult()).value(),
              testing::ElementsAre(Until(Kind::kAuth, CivilDay(2030, 2, 17)),
                                   Until(Kind::kSignature, CivilDay(2030, 2, 17))));
}

TEST(MayIssue, NotWhereAValidOneIsHeld) {
  IssueQuestion question = Adult();
  question.held = {{Kind::kAuth, question.today}};  // Valid to the end of the day.
  EXPECT_EQ(Refusal(question), Reason::kValidCertificatePresent);
  question.held = {{Kind::kAuth, question.today - 1}};
  EXPECT_TRUE(MayIssue(Profile(), question).ok());
  question.held = {{Kind::kAuth, question.today + 100, /*revoked=*/true}};
  EXPECT_TRUE(MayIssue(Profile(), question).ok());
}

TEST(MayIssue, SignatureAloneNeedsAValidAuthAndEndsWithIt) {
  IssueQuestion question = Adult();
  question.kinds = {Kind::kSignature};
  EXPECT_EQ(Refusal(question), Reason::kSignatureNeedsAuth);
  question.held = {{Kind::kAuth, CivilDay(2027, 2, 17)}};
  EXPECT_THAT(MayIssue(Profile(), question).value(),
              testing::ElementsAre(Until(Kind::kSignature, CivilDay(2027, 2, 17))));
}

TEST(MayIssue, NoSignatureUnderFifteen) {
  IssueQuestion question = Adult();
  question.birth_date = CivilDay(2010, 10, 28);
  EXPECT_EQ(Refusal(question), Reason::kUnderFifteen);
  question.kinds = {Kind::kAuth};
  EXPECT_TRUE(MayIssue(Profile(), question).ok());
  question.birth_date = CivilDay(2010, 10, 27);
  question.kinds = {Kind::kAuth, Kind::kSignature};
  EXPECT_TRUE(MayIssue(Profile(), question).ok());
}

TEST(MayIssue, NotOnAnExpiredCard) {
  IssueQuestion question = Adult();
  question.card_expiry = question.today - 1;
  EXPECT_EQ(Refusal(question), Reason::kCardExpired);
  question.card_expiry = question.today;
  EXPECT_EQ(MayIssue(Profile(), question)->front().expiry, question.today);
}

}  // namespace
}  // namespace jpkid::rules
