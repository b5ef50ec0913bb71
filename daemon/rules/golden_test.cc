#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/rules/golden_case.h"

namespace jpkid::rules {
namespace {

// Code, visit.
std::vector<std::pair<std::string, int>> Short(const std::vector<Item>& items) {
  std::vector<std::pair<std::string, int>> all;
  for (const Item& item : items) all.emplace_back(item.code, item.visit);
  return all;
}

bool Matches(const ExpectedReason& expected, const Finding& found) {
  if (Row(found.reason).code != expected.code || found.source != expected.source) return false;
  for (const auto& [name, value] : expected.metadata) {
    const auto at = found.metadata.find(name);
    if (at == found.metadata.end() || at->second != value) return false;
  }
  return true;
}

bool Refuses(Reason reason) { return Row(reason).status != absl::StatusCode::kOk; }

// Each expected reason is found, no finding counts for two, and no refusal was not expected.
void CheckReasons(const GoldenCase& one, const std::vector<Finding>& findings) {
  std::set<std::size_t> met;
  for (const ExpectedReason& expected : one.reasons) {
    bool found = false;
    for (std::size_t i = 0; i < findings.size() && !found; ++i) {
      if (!met.contains(i) && Matches(expected, findings[i])) {
        met.insert(i);
        found = true;
      }
    }
    EXPECT_TRUE(found) << expected.code << "/" << expected.source << " is missing";
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (met.contains(i) || !Refuses(findings[i].reason)) continue;
    ADD_FAILURE() << "not expected: " << Row(findings[i].reason).code << "/" << findings[i].source
                  << ": "
                  << jpkid::Text(findings[i].reason, findings[i].metadata, Language::kEnglish);
  }
}

// Every `{name}` of a text that people read was filled in, in both languages.
void CheckTexts(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    EXPECT_FALSE(finding.source.empty());
    for (const Language language : {Language::kEnglish, Language::kJapanese}) {
      EXPECT_THAT(jpkid::Text(finding.reason, finding.metadata, language),
                  ::testing::Not(::testing::HasSubstr("?")));
      EXPECT_THAT(Remedy(finding.reason, finding.metadata, language),
                  ::testing::Not(::testing::HasSubstr("?")));
    }
  }
}

TEST(Golden, EveryCaseIsDecidedAsWorkedOutByHand) {
  const auto municipalities = Municipalities::Load("");
  ASSERT_TRUE(municipalities.ok()) << municipalities.status();
  const std::vector<GoldenCase> cases = ReadGoldenCases(JPKID_GOLDEN_CASES);
  EXPECT_GE(cases.size(), 150u);
  for (const GoldenCase& one : cases) {
    SCOPED_TRACE(one.place);
    const auto municipality = municipalities->Find(one.municipality);
    ASSERT_TRUE(municipality.ok()) << municipality.status();
    const auto decision =
        Decide(**municipality, certs::CardProfiles().front(), one.application, one.at);
    if (!one.error.empty()) {
      EXPECT_EQ(Row(FailureOf(decision.status()).reason).code, one.error);
      continue;
    }
    ASSERT_TRUE(decision.ok()) << decision.status();
    EXPECT_EQ(decision->allowed, one.answer.allowed);
    EXPECT_EQ(decision->same_day, one.answer.same_day);
    EXPECT_EQ(decision->visits, one.answer.visits);
    EXPECT_EQ(Name(decision->becomes), Name(one.answer.becomes));
    EXPECT_EQ(decision->auth_expiry, one.answer.auth_expiry);
    EXPECT_EQ(decision->signature_expiry, one.answer.signature_expiry);
    EXPECT_EQ(decision->kinds, one.answer.kinds);
    EXPECT_EQ(Short(decision->items), Short(one.answer.items));
    CheckReasons(one, decision->findings);
    CheckTexts(decision->findings);
  }
}

}  // namespace
}  // namespace jpkid::rules
