#include "daemon/rules/application.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::rules {
namespace {

TEST(Application, EveryNameIsReadBack) {
  for (const Procedure one : {Procedure::kIssue, Procedure::kRenew}) {
    EXPECT_EQ(ParseProcedure(Name(one)).value(), one);
  }
  for (const Applicant one :
       {Applicant::kHolder, Applicant::kVoluntaryProxy, Applicant::kLegalRepresentative}) {
    EXPECT_EQ(ParseApplicant(Name(one)).value(), one);
  }
  for (int i = 0; i <= static_cast<int>(ResidenceStatus::kProvisionalStay); ++i) {
    const auto one = static_cast<ResidenceStatus>(i);
    EXPECT_EQ(ParseResidenceStatus(Name(one)).value(), one);
  }
}

TEST(Application, AnUnknownNameTellsTheKnownOnes) {
  const absl::Status status = ParseApplicant("neighbour").status();
  EXPECT_TRUE(FailedFor(status, Reason::kArgumentInvalid));
  EXPECT_EQ(status.message(),
            "applicant: must be one of holder, voluntary-proxy, legal-representative.");
}

TEST(Application, FourStatusesEndWithTheStay) {
  std::vector<std::string> ending;
  for (int i = 0; i <= static_cast<int>(ResidenceStatus::kProvisionalStay); ++i) {
    const auto one = static_cast<ResidenceStatus>(i);
    if (EndsWithStay(one)) ending.emplace_back(Name(one));
  }
  EXPECT_EQ(ending, (std::vector<std::string>{"mid-to-long-term", "stay-by-birth",
                                              "temporary-refuge", "provisional-stay"}));
}

}  // namespace
}  // namespace jpkid::rules
