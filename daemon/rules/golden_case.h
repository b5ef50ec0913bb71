#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "daemon/rules/rules.h"

// The golden cases as data; golden/README.md says how they are written.
namespace jpkid::rules {

struct ExpectedReason {
  std::string code, source;
  ReasonMetadata metadata;  // At least these.
};

struct GoldenCase {
  std::string place;  // "golden/issue.txt:12"
  std::string source;
  absl::Time at;
  std::string municipality = "sanda";
  Application application;
  std::string error;  // The code of a failure; empty: there is an answer.
  Decision answer;    // But for the findings.
  std::vector<ExpectedReason> reasons;
};

// All cases of a directory. A line that is none ends the test program.
std::vector<GoldenCase> ReadGoldenCases(const std::string& directory);

}  // namespace jpkid::rules
